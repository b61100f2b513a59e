// @ts-check
// The grades of the policy in force: how urgent each is among them, and so what shape stands for it. Any number, any code.

/** Codes, the most urgent first. Until the policy has come: those that every example has. */
let order = ["1", "2", "3", "4"];

/** From when the policy came, symbols are its own. @param {{code: string}[]} grades the most urgent first */
export function usePolicy(grades) {
  order = grades.map(({ code }) => code);
}

/** Never colour alone: the three most urgent have a shape each. */
const SHAPES = ["square", "circle", "diamond"];

/** @param {string} grade */
export const gradeShape = (grade) => SHAPES[order.indexOf(grade)] ?? "tile";

/** Pixels of a code's letters, so that all of them fit. @param {string} grade */
export const gradeLetterSize = (grade) => [16, 16, 13, 9][grade.length] ?? 7;
