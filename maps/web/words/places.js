// @ts-check
// Places that the gazetteer found: what each is called, what is said beside it, and which of them a text surely means.

import { distance } from "./format.js";

/** @typedef {import("../types/wire.js").PlaceFound} PlaceFound */

/** With the settlement it lies in, so that namesakes are told apart. @param {PlaceFound} place */
export const nameOfPlace = ({ name, context }) => (context && context !== name ? `${name}, ${context}` : name);

/** @param {PlaceFound} place */
export function aboutPlace({ kind, detail, distance_m, grid_ref }) {
  const away = distance_m === null ? "" : `${distance(distance_m)} away`;
  return [detail || kind.replaceAll("_", " "), grid_ref ?? "", away].filter(Boolean).join(" · ");
}

/** Letters and figures alone, as somebody would say it. @param {string} text */
const said = (text) =>
  text
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .toLowerCase();

/**
 * The place that a text means without a doubt: the only one, spelt right, or the only one that is named just so.
 * Everything else is to be chosen by somebody. @param {string} text @param {PlaceFound[]} places
 */
export function findMeant(text, places) {
  const right = places.filter(({ typos }) => typos === 0);
  if (places.length === 1 && right.length === 1) return right[0];
  const just = right.filter((place) => [place.name, nameOfPlace(place)].some((name) => said(name) === said(text)));
  return just.length === 1 ? just[0] : null;
}
