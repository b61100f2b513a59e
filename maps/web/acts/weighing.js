// @ts-check
// Acts before somebody is sent: look who was left out, ask why not, drop a question, say what the incident needs.

import { api, problemOf } from "../picture/api.js";

/** @typedef {import("../types/wire.js").Requirement} Requirement */

/** One unit of any kind: what the server leaves out of a need. @returns {Requirement} */
const anyUnit = () => ({
  n: 1,
  label: "",
  capabilities: [],
  any_of: [],
  kinds: [],
  roles: [],
  profiles: [],
  min_crew: 1,
  shared: false,
});

/** @param {import("./kit.js").Kit} kit */
export function weighing({ state, say, attempt, changed, enquiries }) {
  /** @param {Partial<import("../types/screen.js").Weighing>} change */
  const weigh = (change) => {
    Object.assign(state.weighing, change);
    changed();
  };

  /** @param {Requirement[] | null} requirements @param {string} reason */
  const setPlan = (requirements, reason) => {
    const { target } = state;
    if (target?.kind !== "incident") return;
    void attempt(
      () => api.setPlan(target.id, requirements, reason),
      () => {
        weigh({ plan: null });
        say(`What ${target.id} needs was changed`, "good");
        enquiries().ask();
      },
      ({ detail }) => {
        if (state.weighing.plan) weigh({ plan: { ...state.weighing.plan, error: detail } });
        return state.weighing.plan !== null;
      },
    );
  };

  const acts = {
    weigh,

    /** Opens the answer in place, or closes the open one. @param {string} callsign */
    async whyNot(callsign) {
      const { target, weighing: now } = state;
      if (now.why?.callsign === callsign) return weigh({ why: null });
      if (target?.kind !== "incident") return undefined;
      const why = { callsign, answer: null, problem: null };
      weigh({ why });
      const answered = await api.whyNot(target.id, callsign).then(
        (answer) => ({ ...why, answer }),
        (error) => ({ ...why, problem: problemOf(error) }),
      );
      if (state.weighing.why === why) weigh({ why: answered });
      return undefined;
    },

    /** Begins with what is asked now. */
    editPlan() {
      const asked = state.enquiry.ranking?.plan?.plan.requirements ?? [];
      weigh({ plan: { requirements: asked.map((one) => ({ ...anyUnit(), ...one })), error: "" } });
    },

    /** @param {number} place @param {Partial<Requirement> | null} change null: nothing of this kind */
    editNeed(place, change) {
      const { plan } = state.weighing;
      if (!plan) return;
      const changed_ = plan.requirements.map((one, i) => (i === place ? change && { ...one, ...change } : one));
      weigh({ plan: { ...plan, error: "", requirements: changed_.filter((one) => one !== null) } });
    },

    addNeed() {
      const { plan } = state.weighing;
      if (plan) weigh({ plan: { ...plan, requirements: [...plan.requirements, anyUnit()] } });
    },

    /** @param {string} reason */
    savePlan: (reason) => setPlan(state.weighing.plan?.requirements ?? [], reason),

    /** What its plan says after all. */
    dropPlan: () => setPlan(null, "by its plan again"),
  };
  return acts;
}
