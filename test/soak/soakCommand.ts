import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judge } from './judge.ts';
import { reportOf } from './report.ts';
import { soak } from './soak.ts';

/*
 * `npm run soak -- --minutes 60 [--rate N] [--seed N] [--json FILE]`: exits with 0 when memory and descriptors stayed,
 * nothing failed and nobody died, else with 1 and why. See docs/testing.md.
 */
const growthMax = 0.05;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '250' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
const [minutes, rate, seed] = [Number(values.minutes), Number(values.rate), Number(values.seed)];
if (!(minutes > 0 && rate > 0 && Number.isInteger(seed))) {
  process.stderr.write('soak: --minutes and --rate want numbers above 0, --seed a whole one\n');
  process.exit(2);
}
say(`${new Date().toISOString()}, npm run soak -- --minutes ${minutes} --rate ${rate} --seed ${seed}`);
const outcome = await soak({ minutes, rate, seed, say });
const verdict = judge(outcome, growthMax);
say(reportOf(outcome, verdict));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ ...verdict, ...outcome }, null, 1)}\n`);
process.exitCode = verdict.faults.length === 0 ? 0 : 1;
