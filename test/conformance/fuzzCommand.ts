import { messageFaults } from '../../src/http/index.ts';
import { runDifferential, sentenceOf } from './differential.ts';

/*
 * `npm run fuzz:http`: 1,000,000 inputs unless HOLDFAST_INPUTS says otherwise, HOLDFAST_SEED for another seed. Exits 1 on the
 * first difference, with the seed, the number and the shrunk octets, and where a reason was met too seldom.
 */

const inputs = Number(process.env.HOLDFAST_INPUTS ?? 1_000_000);
const seed = Number(process.env.HOLDFAST_SEED ?? 9_112);
const startedMs = performance.now();
const report = runDifferential(seed, inputs, {
  onProgress: (done) => process.stderr.write(`\r${done} of ${inputs}`),
});
process.stderr.write('\r');
const seconds = (performance.now() - startedMs) / 1_000;

const line = (what: string, count: number) => console.log(`${what.padEnd(44)} ${count}`);
console.log(`${inputs} inputs in ${seconds.toFixed(0)} s, seed ${seed}, llhttp ${process.versions.llhttp}`);
line('requests', report.requests);
line('responses', report.responses);
line('taken by both', report.taken);
line('refused by both', report.refusedByBoth);
line('refused by ours alone', report.refusedAlone);
line('messages whose framing was compared', report.messagesCompared);
line('readings of the same octets in other pieces', report.splits);
console.log('reasons, and how often Node’s parser took the octets');
const faults = Object.keys(messageFaults);
for (const fault of faults) {
  console.log(
    `  ${fault.padEnd(30)} ${String(report.faults.get(fault) ?? 0).padStart(8)} ${report.faultsAlone.get(fault) ?? 0}`,
  );
}

const rare = faults.filter((fault) => (report.faults.get(fault) ?? 0) < inputs / 20_000);
for (const finding of report.findings) console.log(`DIFFERENCE: ${sentenceOf(finding)}`);
if (report.findings.length === 0 && rare.length > 0) console.log(`NOT MET: too rare: ${rare.join(', ')}`);
process.exitCode = report.findings.length + rare.length > 0 ? 1 : 0;
