import { fuzzBundles, reachableReasons } from './fuzz.ts';

/*
 * `npm run fuzz:bundles -- [COUNT] [SEED]`: 100,000 bundles unless said otherwise. Exits 1 when a figure is not met; a
 * wrong verdict ends it at once with the seed and number that replay it. The script in package.json has glibc give large
 * blocks back when they are freed; otherwise RSS tells how the last few payloads of 8 MiB happened to lie.
 */

const count = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 18_112_025);
const startedMs = performance.now();
const report = fuzzBundles(seed, count, (done) => process.stderr.write(`\r${done} of ${count}`));
const seconds = (performance.now() - startedMs) / 1_000;
process.stderr.write('\r');

const share = (part: number) => `${((100 * part) / count).toFixed(1)} %`;
const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const growth = report.rssBytes / report.rssAfterWarmUpBytes;
const wanted = count / 1_000;
const rare = reachableReasons.filter((reason) => (report.reasons.get(reason) ?? 0) < wanted);
const unexpected = [...report.reasons.keys()].filter((reason) => !reachableReasons.includes(reason));

console.log(`${count} bundles in ${seconds.toFixed(0)} s, seed ${seed}`);
console.log(`signed anew after mutation  ${report.signedAnew} (${share(report.signedAnew)}, at least 50 %)`);
console.log(
  `accepted                    ${report.accepted} (${share(report.accepted)}, at least 5 %), all within docs/bundles.md`,
);
console.log(`  with an expression that only the rules module judged  ${report.unjudged}`);
console.log(
  `RSS after 10,000 and at the end  ${mebibytes(report.rssAfterWarmUpBytes)}, ${mebibytes(report.rssBytes)} (× ${growth.toFixed(3)}, at most 1.05)`,
);
console.log(`reasons, each at least ${wanted} times`);
for (const reason of reachableReasons) console.log(`  ${reason.padEnd(32)} ${report.reasons.get(reason) ?? 0}`);

const failures = [
  report.signedAnew < count * 0.5 && 'too few were signed anew',
  report.accepted < count * 0.05 && 'too few were accepted',
  growth > 1.05 && 'memory grew',
  rare.length > 0 && `too rare: ${rare.join(', ')}`,
  unexpected.length > 0 && `not expected here: ${unexpected.join(', ')}`,
].filter((failure) => failure !== false);
for (const failure of failures) console.log(`NOT MET: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
