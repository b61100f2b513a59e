// Copies the third-party files that the screen loads from node_modules/ into vendor/, after `npm ci --ignore-scripts`.
// It decides which files those are, and records name, version, licence and SHA-256 of each in vendor/VENDOR.json.
// What is installed, and from which hashes, is package-lock.json's to say.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

/** Per package: the files to take, as [path in the package, path in vendor/]. */
const WANTED = {
  "maplibre-gl": [
    ["dist/maplibre-gl.mjs", "maplibre-gl/maplibre-gl.mjs"],
    ["dist/maplibre-gl-worker.mjs", "maplibre-gl/maplibre-gl-worker.mjs"],
    ["dist/maplibre-gl.css", "maplibre-gl/maplibre-gl.css"],
    ["LICENSE.txt", "maplibre-gl/LICENSE.txt"],
  ],
  "lit-html": [
    ["lit-html.js", "lit-html/lit-html.js"],
    ["directive.js", "lit-html/directive.js"],
    ["directive-helpers.js", "lit-html/directive-helpers.js"],
    ["directives/repeat.js", "lit-html/directives/repeat.js"],
    ["LICENSE", "lit-html/LICENSE"],
  ],
  uplot: [
    ["dist/uPlot.esm.js", "uplot/uPlot.esm.js"],
    ["dist/uPlot.min.css", "uplot/uPlot.min.css"],
    ["LICENSE", "uplot/LICENSE"],
  ],
  "terra-draw": [
    ["dist/terra-draw.modern.js", "terra-draw/terra-draw.js"],
    ["../../licences/terra-draw.txt", "terra-draw/LICENSE"],
  ],
  "terra-draw-maplibre-gl-adapter": [
    ["dist/terra-draw-maplibre-gl-adapter.modern.js", "terra-draw/maplibre-adapter.js"],
  ],
  "@fontsource-variable/inter": [
    ["files/inter-latin-wght-normal.woff2", "inter/inter-latin.woff2"],
    ["files/inter-latin-ext-wght-normal.woff2", "inter/inter-latin-ext.woff2"],
    ["LICENSE", "inter/LICENSE"],
  ],
};

const sha256 = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** What a file imports by a package's name, under the address that it has in vendor/: a browser knows no packages. */
const IMPORTS = { "terra-draw/maplibre-adapter.js": ['from"terra-draw"', 'from"./terra-draw.js"'] };

function withRelativeImports(to, target) {
  if (!IMPORTS[to]) return;
  const [bare, relative] = IMPORTS[to];
  const text = readFileSync(target, "utf8");
  if (!text.includes(bare)) throw new Error(`${to} has no ${bare}: look how it imports now`);
  writeFileSync(target, text.replaceAll(bare, relative));
}

function copyPackage(name, files) {
  const source = join(HERE, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const copied = files.map(([from, to]) => {
    const target = join(HERE, "vendor", to);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(source, from), target);
    withRelativeImports(to, target);
    return { path: to, sha256: sha256(target) };
  });
  return { name, version, license, files: copied };
}

/** Where the type checker finds the types of what the screen imports: in node_modules/, not in the minified copy. */
const TYPES = {
  "maplibre-gl/maplibre-gl.d.mts": "maplibre-gl",
  "lit-html/lit-html.d.ts": "lit-html",
  "terra-draw/terra-draw.d.ts": "terra-draw",
  "terra-draw/maplibre-adapter.d.ts": "terra-draw-maplibre-gl-adapter",
  "lit-html/directives/repeat.d.ts": "lit-html/directives/repeat.js",
};
/** The same, of a package that is one class. */
const CLASSES = { "uplot/uPlot.esm.d.ts": "uplot" };

rmSync(join(HERE, "vendor"), { recursive: true, force: true });
const packages = Object.entries(WANTED).map(([name, files]) => copyPackage(name, files));
writeFileSync(join(HERE, "vendor", "VENDOR.json"), `${JSON.stringify({ packages }, null, 2)}\n`);
for (const [file, module] of Object.entries(TYPES))
  writeFileSync(join(HERE, "vendor", file), `export * from "${module}";\n`);
for (const [file, module] of Object.entries(CLASSES))
  writeFileSync(join(HERE, "vendor", file), `export { default } from "${module}";\n`);
for (const { name, version, license } of packages) console.log(`${name} ${version} (${license})`);
