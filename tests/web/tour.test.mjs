// Captions of a tour: kept as the server says, obeyed once, and never on a screen's own account.

import assert from "node:assert/strict";
import { test } from "node:test";
import { tour } from "../../maps/web/acts/tour.js";
import { emptyPicture, take } from "../../maps/web/picture/store.js";
import { hello } from "./feed.mjs";

const caption = (number, more = {}) => ({
  number,
  step: 1,
  of: 9,
  title: "",
  text: "",
  facts: [],
  open: { kind: "unit", callsign: "AB1" },
  panel: null,
  paused: false,
  ...more,
});
const told = (seq, caption) => ({
  type: "caption",
  seq,
  at: "2026-03-01T12:00:10Z",
  caption,
});

const screen = () => {
  const opened = [];
  const state = { target: null, caption_folded: false };
  const open = (target) => opened.push((state.target = target));
  return {
    opened,
    state,
    ...tour({ state, open, changed() {}, attempt() {} }),
  };
};

test("a caption stays until another comes, and a full picture holds the one that is shown", () => {
  const picture = emptyPicture();
  take(picture, hello(1, []), 0);
  assert.equal(picture.caption, null);
  take(picture, told(2, caption(1)), 0);
  assert.equal(picture.caption.number, 1);
  take(picture, { ...hello(3, []), caption: caption(2) }, 0);
  assert.equal(picture.caption.number, 2);
  take(picture, told(4, null), 0);
  assert.equal(picture.caption, null);
});

test("a caption opens what it is about once: who then opens something else is left alone", () => {
  const { obey, opened, state } = screen();
  obey(null);
  obey(caption(1));
  state.target = null;
  obey(caption(1, { paused: true }));
  assert.deepEqual(opened, [{ kind: "unit", callsign: "AB1" }]);
  obey(caption(2));
  assert.equal(opened.length, 2);
});

test("what is open already is not opened anew: its ranking would blink", () => {
  const { obey, opened } = screen();
  obey(caption(1));
  obey(caption(2));
  assert.equal(opened.length, 1);
});

test("a caption is folded up and shown again", () => {
  const { foldCaption, state } = screen();
  foldCaption();
  assert.equal(state.caption_folded, true);
  foldCaption();
  assert.equal(state.caption_folded, false);
});
