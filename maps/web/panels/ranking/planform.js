// @ts-check
// The editor of what an incident needs: how many, and what each of them can do, out of what units here have.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { typedIn } from "../html.js";

/** @typedef {import("../../types/wire.js").Muster} Muster */
/** @typedef {import("../../types/wire.js").Requirement} Requirement */
/** @typedef {import("../../types/screen.js").Moment} Moment */
/** @typedef {import("../../types/screen.js").PlanDraft} PlanDraft */

/** Twelve units are the most that a plan may ask for (docs/plans.md). */
const MOST = 12;

/** What any unit on duty can do, and what is asked already. @param {Moment["state"]} state @param {Requirement} need */
function skillsOf({ picture }, { capabilities }) {
  const had = [...picture.units.values()].flatMap((unit) => unit.capabilities);
  return [...new Set([...had, ...capabilities])].sort();
}

/** @param {Requirement} need @param {number} place @param {Moment} moment */
function needRow(need, place, { state, desk }) {
  const { n, capabilities } = need;
  const flip = (/** @type {string} */ skill) =>
    capabilities.includes(skill) ? capabilities.filter((one) => one !== skill) : [...capabilities, skill];
  const count = (/** @type {Event} */ event) =>
    desk.editNeed(place, { n: Math.min(MOST, Math.max(1, Math.round(Number(typedIn(event))) || 1)) });
  return html`<li class="need-row">
    <input type="number" min="1" max=${MOST} aria-label="How many" .value=${String(n)} @change=${count} />
    <input
      aria-label="What it is called"
      placeholder="unit"
      maxlength="80"
      .value=${need.label ?? ""}
      @input=${(/** @type {Event} */ event) => desk.editNeed(place, { label: typedIn(event) })}
    />
    <button class="quiet" aria-label="Remove this need" title="Remove" @click=${() => desk.editNeed(place, null)}>✕</button>
    <span class="skills" role="group" aria-label="What each can do">
      ${skillsOf(state, need).map(
        (skill) => html`<button
          type="button"
          class="skill"
          aria-pressed=${capabilities.includes(skill)}
          @click=${() => desk.editNeed(place, { capabilities: flip(skill) })}
        >
          ${skill.replaceAll("_", " ")}
        </button>`,
      )}
    </span>
  </li>`;
}

/** @param {PlanDraft} draft @param {Muster} muster @param {Moment} moment */
export function planForm({ requirements, error }, { plan }, moment) {
  const { desk } = moment;
  const save = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    desk.savePlan(String(said.get("reason") ?? "").trim());
  };
  const back = html`<button type="button" @click=${() => desk.dropPlan()}>By its plan again</button>`;
  return html`<section class="plan" aria-label="Change what it needs">
    <ul>${requirements.map((need, place) => needRow(need, place, moment))}</ul>
    <form @submit=${save}>
      <input name="reason" required maxlength="1000" autocomplete="off" aria-label="Why" placeholder="Why" />
      ${error ? html`<p class="error" role="alert">${error}</p>` : nothing}
      <span class="steps">
        <button class="go">Save</button>
        <button type="button" @click=${() => desk.addNeed()}>Add a need</button>
        ${plan.set_by ? back : nothing}
        <button type="button" @click=${() => desk.weigh({ plan: null })}>Leave it</button>
      </span>
    </form>
  </section>`;
}
