// @ts-check
// Dark or light: as the machine prefers until somebody chooses; the choice is kept in this browser.

import { keep, kept } from "../picture/kept.js";

/** @typedef {import("../types/screen.js").Theme} Theme */

const NAME = "theme";

/** @param {string | null} chosen @param {boolean} prefersLight @returns {Theme} */
export function themeOf(chosen, prefersLight) {
  if (chosen === "dark" || chosen === "light") return chosen;
  return prefersLight ? "light" : "dark";
}

const light = () => matchMedia("(prefers-color-scheme: light)");

export const currentTheme = () => themeOf(kept(NAME), light().matches);

/** Follows the machine while nobody has chosen. @param {() => void} then */
export const onThemePreference = (then) => light().addEventListener("change", then);

/** @param {import("./kit.js").Kit} kit */
export function theme({ state, changed }) {
  return {
    /** Without a name: the other one. @param {Theme} [wanted] */
    theme(wanted) {
      state.theme = wanted ?? (state.theme === "dark" ? "light" : "dark");
      keep(NAME, state.theme);
      changed();
    },
  };
}
