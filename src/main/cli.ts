import { verbs } from './verbs.ts';

/** The command line's entry: finds the verb, runs it, exits with its code. */
async function main(args: readonly string[]): Promise<number> {
  const io = { stdout: process.stdout, stderr: process.stderr };
  const [name = 'help', ...rest] = args;
  const asked = name === '--help' || name === '-h' ? 'help' : name === '--version' ? 'version' : name;
  const verb = Object.hasOwn(verbs, asked) ? verbs[asked] : undefined;
  if (verb === undefined) {
    process.stderr.write(`holdfast: there is no verb '${name}'; 'holdfast help' lists them\n`);
    return 2;
  }
  return verb.run(rest, io);
}

// A reader that goes away (`holdfast help | head -1`, a closed terminal) is no error: a verb that only prints ends, one that
// serves goes on unheard.
const serves = ['up', 'edge'].includes(process.argv[2] ?? '');
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && stream === process.stdout && !serves) process.exit(0);
  });
}
process.exitCode = await main(process.argv.slice(2));
