// @ts-check
// Which desk this screen is: chosen once, kept in this browser, said with every request (X-Desk).

import { keep, kept } from "./kept.js";

const NAME = "desk";
/** What the server takes; of its letters those that a header can carry. */
const DESK = /^[A-Za-z0-9_](?:[A-Za-z0-9_ .:-]{0,30}[A-Za-z0-9_.:-])?$/;

/** @param {string} name */
export const isDeskName = (name) => DESK.test(name);

/** Empty: nobody has said. */
export function deskName() {
  const name = kept(NAME) ?? "";
  return isDeskName(name) ? name : "";
}

/** @param {string} name */
export const keepDeskName = (name) => keep(NAME, name);
