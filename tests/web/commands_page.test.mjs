// The page about the command line says what the tables say.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { commandsPage } from "./commands_page.mjs";

test("docs/commands.md has every word and every key as they are obeyed", () => {
  const kept = readFileSync(
    new URL("../../docs/commands.md", import.meta.url),
    "utf8",
  );
  assert.equal(
    kept,
    commandsPage(),
    "node tests/web/commands_page.mjs > docs/commands.md",
  );
});
