// docs/commands.md, made from the tables that the words and the keys are obeyed by:
//   node tests/web/commands_page.mjs > docs/commands.md

import { COMMANDS } from "../../maps/web/acts/commands.js";
import { KEYS } from "../../maps/web/acts/keys.js";

/** A cell of a table; a bar in it would end it. @param {string} text */
const cell = (text) => text.replaceAll("|", "\\|");

const HEAD = `# The command line and the keys

Everything that the mouse does can be done from the keyboard. The command line stands at the foot of the console:
\`Alt+C\`, \`Ctrl+K\` or \`/\` go there, Enter does it, and what came of it stands in the line below. What may come next is
offered while you type; the arrows choose, and nothing is chosen by itself. The arrow up brings back what was typed
before, in this session only. A line that cannot be done stays where it is, with a sentence that says what to change.

A place is a street, a junction (\`High St / Mill Lane\`), a motorway junction (\`M6 J8\`), a town, a British grid
reference, \`latitude, longitude\`, the number of a call whose phone said where it is, or \`HERE\`. Where several places
have the name you are asked which one.
`;

/** The whole page. */
export function commandsPage() {
  const words = COMMANDS.map(
    ({ usage, does, example }) =>
      `| \`${cell(usage)}\` | ${cell(does)} | \`${cell(example)}\` |`,
  );
  const keys = KEYS.map(
    ({ shown, does }) => `| ${cell(shown)} | ${cell(does)} |`,
  );
  return [
    HEAD,
    "## Words\n",
    "| word | does | for example |",
    "|---|---|---|",
    ...words,
    "\nA callsign or the number of an incident by itself opens it.\n",
    "## Keys\n",
    "| key | does |",
    "|---|---|",
    ...keys,
    "",
  ].join("\n");
}

if (process.argv[1] === import.meta.filename)
  process.stdout.write(commandsPage());
