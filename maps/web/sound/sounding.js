// @ts-check
// One page of a browser sounds, however many are open; what is acknowledged or muted on one is so on all of them.

import { kept } from "../picture/kept.js";
import { openTones } from "./tones.js";
import { openWatch } from "./watch.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Sound} Sound */

const LOCK = "arls.sound";
const CHANNEL = "arls.sound";

/** @returns {Sound} */
export function noSound() {
  return { voice: "blocked", acknowledged: [], muted_until_ms: 0, tested_ms: Number(kept("sound_tested")) || null };
}

/** @param {any} said @returns {said is Pick<Sound, "acknowledged" | "muted_until_ms">} */
const isSaid = (said) => Array.isArray(said?.acknowledged) && typeof said.muted_until_ms === "number";

/** @param {State} state @param {() => void} changed */
export function openSounding(state, changed) {
  const { sound } = state;
  const tones = openTones();
  const watch = openWatch();
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    if (!isSaid(data)) return;
    Object.assign(sound, { acknowledged: data.acknowledged, muted_until_ms: data.muted_until_ms });
    changed();
  };

  /** Which page sounds: the first that is allowed to. Where locks are not to be had (a page over plain HTTP from another
   * machine) each sounds: an alarm twice is better than none. */
  let asked = false;
  const claim = () => {
    // A page that never sounds must not hold the lock of one that does.
    if (!tones?.allowed || asked || state.page === "wall" || state.page === "replay") return;
    asked = true;
    if (!navigator.locks) return become("sounds");
    become("elsewhere");
    void navigator.locks.request(LOCK, () => {
      become("sounds");
      return new Promise(() => {}); // held until the page is closed
    });
  };
  /** @param {Sound["voice"]} voice */
  const become = (voice) => {
    sound.voice = voice;
    changed();
  };

  /** Whether another page of this browser sounds already, so that this one need not ask to. */
  const lookElsewhere = async () => {
    if (sound.voice !== "blocked" || !navigator.locks) return;
    const { held } = await navigator.locks.query();
    if (sound.voice === "blocked" && held?.some(({ name }) => name === LOCK)) become("covered");
  };

  if (!tones) become("none");
  else
    for (const gesture of ["pointerdown", "keydown"])
      addEventListener(gesture, () => tones.ask(claim), { passive: true });
  claim();
  void lookElsewhere();

  return {
    /** Called with every message, since a hidden page has slow timers. @param {number} server_ms */
    listen(server_ms) {
      const heard = watch(state.picture, sound, server_ms, performance.now());
      if (heard && sound.voice === "sounds") tones?.play(heard);
      sound.heard = heard ?? sound.heard;
      claim();
    },
    /** The alarm once, in answer to a press. */
    test() {
      tones?.ask(() => {
        claim();
        tones.play("alarm");
      });
    },
    /** What other pages of this browser are to know. */
    tell: () => channel.postMessage({ acknowledged: sound.acknowledged, muted_until_ms: sound.muted_until_ms }),
  };
}
