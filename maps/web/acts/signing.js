// @ts-check
// Signing in again, without leaving the page: what was known last and what is half written stay where they are.

import { api, problemOf } from "../picture/api.js";

/** @param {import("./kit.js").Kit} kit */
export const signing = ({ state, changed }) => ({
  /** The feed comes back by itself. @param {string} token of the operator */
  async signIn(token) {
    state.sign_in = { asking: true, problem: "" };
    changed();
    try {
      await api.signIn(token);
      state.sign_in = { asking: false, problem: "" };
      state.session = "unknown";
    } catch (error) {
      const { status, detail } = problemOf(error);
      state.sign_in = { asking: false, problem: status === 401 ? "Nobody has this token." : detail };
    }
    changed();
  },
});
