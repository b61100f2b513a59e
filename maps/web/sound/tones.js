// @ts-check
// The two sounds, made by WebAudio: no file is fetched for them. A browser lets a page sound only after somebody has
// clicked or typed in it.

/** When, for how long (both s) and how high (Hz). @type {Record<"alarm" | "chime", [number, number, number][]>} */
const SCORE = {
  alarm: [0, 0.6, 1.2].flatMap(
    (at) =>
      /** @type {[number, number, number][]} */ ([
        [at, 0.25, 960],
        [at + 0.28, 0.25, 760],
      ]),
  ),
  chime: [
    [0, 0.18, 660],
    [0.2, 0.3, 880],
  ],
};
const LOUDNESS = { alarm: 0.35, chime: 0.15 };

/** Null where the browser has no WebAudio. */
export function openTones() {
  if (!("AudioContext" in window)) return null;
  const audio = new AudioContext();

  /** @param {number} at_s @param {number} for_s @param {number} pitch_hz @param {number} loudness */
  const tone = (at_s, for_s, pitch_hz, loudness) => {
    const [source, gain] = [audio.createOscillator(), audio.createGain()];
    source.type = "triangle";
    source.frequency.value = pitch_hz;
    // Faded at both ends: a tone that is cut off clicks.
    gain.gain.setValueAtTime(0, at_s);
    gain.gain.linearRampToValueAtTime(loudness, at_s + 0.02);
    gain.gain.setValueAtTime(loudness, at_s + for_s - 0.05);
    gain.gain.linearRampToValueAtTime(0, at_s + for_s);
    source.connect(gain).connect(audio.destination);
    source.start(at_s);
    source.stop(at_s + for_s);
  };

  return {
    get allowed() {
      return audio.state === "running";
    },
    /** Asks the browser, which agrees only in answer to a click or a key. @param {() => void} then */
    ask: (then) => void audio.resume().then(then, () => {}),
    /** @param {"alarm" | "chime"} name */
    play(name) {
      for (const [at_s, for_s, pitch_hz] of SCORE[name])
        tone(audio.currentTime + 0.05 + at_s, for_s, pitch_hz, LOUDNESS[name]);
    },
  };
}
