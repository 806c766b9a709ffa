import { runVerb } from '../cli/terminal/runVerb.ts';
import { exits, type Verb } from '../cli/terminal/verb.ts';
import { checkVerb } from '../cli/verbs/checkVerb.ts';
import { columnsVerb } from '../cli/verbs/columnsVerb.ts';
import { freezeVerb, unfreezeVerb } from '../cli/verbs/freezeVerb.ts';
import { keysVerb } from '../cli/verbs/keysVerb.ts';
import { killVerb, unkillVerb } from '../cli/verbs/killVerb.ts';
import { kindVerbs } from '../cli/verbs/kindVerbs.ts';
import { queryVerb } from '../cli/verbs/queryVerb.ts';
import { reloadVerb } from '../cli/verbs/reloadVerb.ts';
import { scoreVerb } from '../cli/verbs/scoreVerb.ts';
import { switchesVerb } from '../cli/verbs/switchesVerb.ts';
import { trainVerb } from '../cli/verbs/trainVerb.ts';
import { drillVerb } from './drill/drillVerb.ts';
import { edgeVerb } from './edgeVerb.ts';
import { upVerb } from './up/upVerb.ts';

const versionVerb: Verb = {
  name: 'version',
  summary: 'print the version',
  forms: [{ words: '' }],
  flags: {},
  prints: 'the versions of Holdfast and of the Node that runs it',
  exits: exits(),
  run: async (_asked, io) => {
    const { version } = await import('./processes/version.ts');
    io.stdout.write(`holdfast ${version()}, Node ${process.versions.node}\n`);
    return 0;
  },
};

const helpVerb: Verb = {
  name: 'help',
  summary: 'this list, or what a verb can do',
  forms: [{ words: '[VERB]' }],
  flags: {},
  prints: 'a line for each verb, or how one is used',
  exits: exits(),
  run: async ({ words: [name] }, io) => {
    const asked = name === undefined ? undefined : verbs.find((verb) => verb.name === name);
    if (asked !== undefined) return runVerb(asked, ['--help'], io);
    const width = Math.max(...verbs.map((verb) => verb.name.length));
    const lines = verbs.map((verb) => `  ${verb.name.padEnd(width)}  ${verb.summary}`);
    io.stdout.write(`holdfast VERB [arguments]; 'holdfast VERB --help' says more\n\n${lines.join('\n')}\n`);
    return 0;
  },
};

/** What the command line can do, in the order in which help lists it. */
export const verbs: readonly Verb[] = [
  upVerb,
  edgeVerb,
  checkVerb,
  reloadVerb,
  scoreVerb,
  ...kindVerbs,
  freezeVerb,
  unfreezeVerb,
  killVerb,
  unkillVerb,
  switchesVerb,
  keysVerb,
  queryVerb,
  columnsVerb,
  trainVerb,
  drillVerb,
  versionVerb,
  helpVerb,
];
