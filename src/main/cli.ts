import { verbs } from './verbs.ts';

/** The command line's entry: finds the verb, runs it, exits with its code. */
async function main(args: readonly string[]): Promise<number> {
  const io = { stdout: process.stdout, stderr: process.stderr };
  const [name = 'help', ...rest] = args;
  const verb = verbs[name === '--help' || name === '-h' ? 'help' : name === '--version' ? 'version' : name];
  if (verb === undefined) {
    process.stderr.write(`holdfast: there is no verb '${name}'; 'holdfast help' lists them\n`);
    return 2;
  }
  return verb.run(rest, io);
}

// A reader that goes away (`holdfast help | head -1`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});
process.exitCode = await main(process.argv.slice(2));
