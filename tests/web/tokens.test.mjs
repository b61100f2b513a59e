// The colours of both themes: named once by what they mean, and apart enough to be read.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { themeOf } from "../../maps/web/acts/theme.js";
import { paletteOf } from "../../maps/web/map/palette.js";

const STYLES = new URL("../../maps/web/styles/", import.meta.url);
const css = (name) =>
  readFileSync(new URL(name, STYLES), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");

/** Every token of a rule of tokens.css, as name -> value. */
function tokensOf(selector) {
  const start = css("tokens.css").indexOf(`${selector} {`);
  assert.notEqual(start, -1, `no ${selector}`);
  const [rule] = css("tokens.css").slice(start).split("}");
  return new Map(
    [...rule.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
}

const THEMES = {
  dark: tokensOf(":root"),
  light: tokensOf(':root[data-theme="light"]'),
};

/** Relative luminance (WCAG 2.2, "relative luminance"). */
function luminance(hex) {
  assert.match(hex, /^#[0-9a-f]{6}([0-9a-f]{2})?$/, `not a colour: ${hex}`);
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort(
    (a, b) => a - b,
  );
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["ground", "panel", "raised", "hover", "chosen", "float"];
const READ = [
  ...["text", "dim", "accent", "good", "warn", "bad", "attending"].flatMap(
    (ink) => GROUNDS.map((ground) => [ink, ground]),
  ),
  ...["text", "dim", "warn"].map((ink) => [ink, "alarmed"]),
  ...["ground", "raised"].map((ground) => ["placeholder", ground]),
  ["on-go", "go"],
  ["on-go", "go-hover"],
  ["on-alarm", "alarm"],
  ["alarm-ink", "on-alarm"],
  ["on-not-live", "not-live"],
  ["label", "label-ground"],
  ["on-replay", "replay"],
  ...["text", "dim", "warn", "accent"].map((ink) => [ink, "replay-ground"]),
];
const MARKS = [
  ...["caller", "shut", "to-shut", "span-close", "alarm"].map((mark) => [
    mark,
    "panel",
  ]),
  ["accent", "ground"],
  ["label-edge", "panel"],
  ["span-mid", "span"],
];

for (const [theme, tokens] of Object.entries(THEMES)) {
  const ratio = ([ink, ground]) =>
    contrast(tokens.get(`--${ink}`) ?? "", tokens.get(`--${ground}`) ?? "");
  test(`in the ${theme} theme what is read stands out 4.5 to 1 and marks 3 to 1`, () => {
    const weak = (pairs, least) =>
      pairs
        .filter((pair) => ratio(pair) < least)
        .map((pair) => `${pair.join(" on ")}: ${ratio(pair).toFixed(2)}`);
    assert.deepEqual([...weak(READ, 4.5), ...weak(MARKS, 3)], []);
  });
}

test("a line of the legend has the colour of the map's", () => {
  for (const [theme, tokens] of Object.entries(THEMES)) {
    const palette = paletteOf(/** @type {"dark" | "light"} */ (theme));
    for (const name of /** @type {const} */ ([
      "shut",
      "to_shut",
      "route",
      "trail",
      "reach",
      "caller",
      "area",
    ]))
      assert.equal(
        tokens.get(`--${name.replace("_", "-")}`),
        palette[name],
        `${name} in ${theme}`,
      );
  }
});

test("both themes name the same tokens", () => {
  assert.deepEqual(
    [...THEMES.light.keys()].sort(),
    [...THEMES.dark.keys()].sort(),
  );
});

test("no other style names a colour, and every token that one uses is defined", () => {
  const literal =
    /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab)\(|[:\s](?:white|black|red|green|blue|gray|grey)\b(?!-)/gi;
  for (const name of readdirSync(STYLES).filter(
    (one) => one.endsWith(".css") && one !== "tokens.css",
  )) {
    const rules = [...css(name).matchAll(/\{([^{}]*)\}/g)]
      .map(([, body]) => body)
      .join(";");
    assert.deepEqual(rules.match(literal) ?? [], [], name);
    const unknown = [...rules.matchAll(/var\((--[\w-]+)/g)].map(
      ([, token]) => token,
    );
    assert.deepEqual(
      [
        ...new Set(
          unknown.filter(
            (token) => !THEMES.dark.has(token) && !rules.includes(`${token}:`),
          ),
        ),
      ],
      [],
      name,
    );
  }
});

test("the theme is what somebody chose, else what the machine prefers", () => {
  assert.equal(themeOf("light", false), "light");
  assert.equal(themeOf("dark", true), "dark");
  assert.equal(themeOf(null, true), "light");
  assert.equal(themeOf("mauve", false), "dark");
});
