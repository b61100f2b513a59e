// The command line: what a line is read against, what comes of it, and what the line holds while it is typed.

import type { PlaceFound } from "./wire.js";
import type { Place } from "./screen.js";
import type { Acts } from "../acts/desk.js";

/** What is known when a line is read: the reader asks nobody. */
export interface Scene {
  callsigns: string[];
  incidents: string[]; // the open ones
  open: string | null; // the incident that is open on this screen
  here: Place | null; // of what is open
  ranked: string[]; // callsigns, the first to be there first
  grades: { code: string; label: string }[]; // empty: the policy has not come yet
  types: string[];
  states: { code: number; label: string }[];
  results: Record<string, string>; // code to label; empty: any text
  calls: string[]; // of callers who are in no incident yet
}

/** Where, as it was said: a text for the gazetteer, or what needs no looking up. */
export type Where = { query: string } | { place: Place } | { call: string };

export type Read = { args: any } | { wrong: string };

/** What a word of a command may be, for what is offered while it is typed. */
export type Slot = "unit" | "incident" | "grade" | "type" | "state" | "result" | "step" | "place" | "theme" | "text";

export interface Command {
  words: string[]; // the first is the one that is shown
  usage: string;
  example: string;
  does: string;
  slots: Slot[];
  read(rest: string, scene: Scene): Read;
  act(desk: Acts, args: any): void;
}

/** One thing that may stand where the line is typed. */
export interface Offer {
  text: string; // the whole line with it
  label: string;
  about: string;
  place?: PlaceFound;
}

/** A place to be chosen before anything is done: the text meant several, or was spelt otherwise. */
export interface Choice {
  note: string;
  places: PlaceFound[];
  use(place: PlaceFound): void;
}

export interface CommandLine {
  text: string;
  focused: boolean;
  shut: boolean; // the list was closed by Esc, until the next letter
  active: number; // of the list; -1: none
  places: PlaceFound[]; // for the place that is being typed
  picked: PlaceFound | null; // the place that was taken from the list for this line
  choice: Choice | null;
  busy: boolean; // a place of it is being looked up
  history: string[]; // of this session, the newest last
  past: number; // how far back in it the line is; 0: it is a new one
}
