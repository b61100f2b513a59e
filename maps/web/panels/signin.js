// @ts-check
// The way back in, on every page: a sign-in lasts twelve hours, and the link that opened the screen worked once.

import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @param {import("../types/screen.js").Moment} moment */
export function signInView({ state: { session, picture, sign_in }, desk }) {
  if (session !== "out") return nothing;
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    desk.signIn(String(said.get("token") ?? "").trim());
  };
  return html`<form class="sign-in" aria-label="Sign in" @submit=${submit}>
    <div role="alert"><h2>${picture.started ? "Signed out" : "Not signed in"}</h2></div>
    <p class="dim">
      A sign-in lasts 12 hours. Enter your token, or open the link that ARLS printed when it started, which works once.
    </p>
    <label>
      Your token
      <input name="token" type="password" required autocomplete="current-password" data-begin />
    </label>
    ${sign_in.problem ? html`<p class="error" role="alert">${sign_in.problem}</p>` : nothing}
    <button class="go" ?disabled=${sign_in.asking}>${sign_in.asking ? "Signing in…" : "Sign in"}</button>
  </form>`;
}
