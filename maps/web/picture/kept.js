// @ts-check
// What this browser remembers of how its user likes the screen. A browser that keeps nothing is no failure.

/** @param {string} name @returns {string | null} */
export function kept(name) {
  try {
    return localStorage.getItem(`arls.${name}`);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function keep(name, value) {
  try {
    localStorage.setItem(`arls.${name}`, value);
  } catch {
    // Storage is shut or full: the choice lasts as long as the page.
  }
}
