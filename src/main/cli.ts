import { runVerb } from '../cli/terminal/runVerb.ts';
import { hint } from '../kernel/didYouMean.ts';
import { verbs } from './verbs.ts';

/** The command line's entry: finds the verb, runs it, exits with its code. */
async function main(args: readonly string[]): Promise<number> {
  const io = { stdout: process.stdout, stderr: process.stderr };
  const [name = 'help', ...rest] = args;
  const asked = name === '--help' || name === '-h' ? 'help' : name === '--version' ? 'version' : name;
  const verb = verbs.find((each) => each.name === asked);
  if (verb === undefined) {
    const names = verbs.map((each) => each.name);
    process.stderr.write(`holdfast: there is no verb '${name}'${hint(name, names)}; 'holdfast help' lists them\n`);
    return 2;
  }
  return runVerb(verb, rest, io);
}

// A reader that goes away (`holdfast help | head -1`, a closed terminal) is no error: a verb that only prints ends, one that
// serves goes on unheard.
const serves = verbs.some((verb) => verb.serves === true && verb.name === process.argv[2]);
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && stream === process.stdout && !serves) process.exit(0);
  });
}
process.exitCode = await main(process.argv.slice(2));
