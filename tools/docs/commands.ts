import { flagsOf, usageText } from '../../src/cli/terminal/usageText.ts';
import type { Verb } from '../../src/cli/terminal/verb.ts';
import { verbs } from '../../src/main/verbs.ts';
import type { Section } from './section.ts';
import { table } from './table.ts';

const file = 'docs/commands.md';
/** Verbs of verbs stand behind theirs. */
const all: readonly Verb[] = verbs.flatMap((verb) => [verb, ...(verb.verbs ?? [])]);

export const commandListSection: Section = {
  file,
  marker: 'verbs',
  make: () =>
    table(
      ['command', 'what it does', 'prints', '`--json`', 'exit codes'],
      all.map((verb) => [
        `[\`holdfast ${verb.name}\`](#holdfast-${verb.name.replaceAll(' ', '-')})`,
        verb.summary,
        verb.prints,
        'json' in flagsOf(verb) ? 'yes' : '',
        Object.keys(verb.exits).join(', '),
      ]),
    ),
};

export const commandHelpSection: Section = {
  file,
  marker: 'help',
  make: () => all.map((verb) => `## holdfast ${verb.name}\n\`\`\`\n${usageText(verb)}\`\`\``).join('\n\n'),
};
