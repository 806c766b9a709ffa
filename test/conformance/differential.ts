import { isDeepStrictEqual } from 'node:util';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { type Difference, differenceBetween, differences } from './compareReadings.ts';
import type { StreamEvents, StreamInput } from './messageEvents.ts';
import { validDraft, whole } from './messageGrammar.ts';
import { mutate } from './messageMutations.ts';
import { nodeReading } from './nodeReading.ts';
import { ourReading } from './ourReading.ts';
import { shrink } from './shrink.ts';

export interface Finding {
  readonly difference: Difference;
  readonly seed: number;
  /** Number of the input within its seed. */
  readonly number: number;
  readonly input: StreamInput;
  readonly shrunk: StreamInput;
}

export interface DifferentialReport {
  readonly seed: number;
  readonly inputs: number;
  requests: number;
  responses: number;
  /** Inputs whose every message both took. */
  taken: number;
  /** Inputs that ours refuses, by whether Node's parser does too. */
  refusedByBoth: number;
  refusedAlone: number;
  messagesCompared: number;
  /** Readings of the same octets in other pieces. */
  splits: number;
  readonly faults: Map<string, number>;
  readonly faultsAlone: Map<string, number>;
  readonly findings: Finding[];
}

/** The octets with a number within a seed; every one can be made again alone. `isValid`: nothing was changed. */
export function differentialInput(seed: number, number: number): StreamInput & { isValid: boolean } {
  const random = randomOf(seed, number);
  const draft = validDraft(random);
  const chance = random.next();
  const mutations = chance < 0.08 ? 0 : chance < 0.68 ? 1 : 2 + whole(random, 3);
  for (let left = mutations; left > 0; left--) mutate(draft, random);
  const text = draft.pieces.map((piece) => piece.text).join('');
  return { kind: draft.kind, isHead: draft.isHead, bytes: Buffer.from(text, 'latin1'), isValid: mutations === 0 };
}

/** Reads as many inputs both ways and counts. Stops behind `findingsMax` differences, each shrunk. */
export function runDifferential(
  seed: number,
  inputs: number,
  { findingsMax = 1, onProgress = (_done: number) => {} } = {},
): DifferentialReport {
  const report = emptyReport(seed, inputs);
  for (let number = 0; number < inputs; number++) {
    if (number % 10_000 === 0) onProgress(number);
    const input = differentialInput(seed, number);
    const difference = judge(input, report, randomOf(~seed, number));
    if (difference === undefined) continue;
    const shrunk = shrink(input, (smaller) => differenceIn(smaller, seed) === difference);
    report.findings.push({ difference, seed, number, input, shrunk });
    if (report.findings.length >= findingsMax) break;
  }
  return report;
}

/** All that somebody needs to see it again. */
export function sentenceOf({ difference, seed, number, shrunk }: Finding): string {
  const octets = JSON.stringify(shrunk.bytes.toString('latin1'));
  const what = `${shrunk.kind}${shrunk.isHead ? ' that answers HEAD' : ''}`;
  return `${differences[difference]} (${difference}); seed ${seed}, number ${number}; ${what}, shrunk, latin1: ${octets}`;
}

/** What is wrong with one input, whatever its number. Splits are tried at every octet. */
export function differenceIn(input: StreamInput, seed: number): Difference | undefined {
  const { ours, difference } = compare(input);
  if (difference !== undefined) return difference;
  const random = seededRandom(seed);
  const splits = [everyOctet(input), ...Array.from({ length: 20 }, () => someCuts(input, random))];
  return splits.some((cuts) => !isDeepStrictEqual(ourReading(input, cuts), ours)) ? 'splits-differ' : undefined;
}

function compare(input: StreamInput): { ours: StreamEvents; nodes: StreamEvents; difference: Difference | undefined } {
  const ours = ourReading(input);
  const nodes = nodeReading(input, endsOf(ours));
  const difference = differenceBetween(ours, nodes, input.isHead);
  const isEarly = difference === 'accepted-alone' && ours.outcome === 'waiting' && isRefusedForTrailers(input);
  return { ours, nodes, difference: isEarly ? undefined : difference };
}

/** Trailers have a verdict when they are whole; llhttp refuses some names in them at once. */
function isRefusedForTrailers(input: StreamInput): boolean {
  const whole = Buffer.concat([input.bytes, Buffer.from('\r\n\r\n')]);
  return ourReading({ ...input, bytes: whole }).fault === 'trailers-invalid';
}

function judge(
  input: StreamInput & { isValid: boolean },
  report: DifferentialReport,
  random: Random,
): Difference | undefined {
  const { ours, nodes, difference } = compare(input);
  count(input, ours, nodes, report);
  if (difference !== undefined) return difference;
  if (input.isValid && (ours.outcome === 'refused' || nodes.outcome === 'refused')) return 'valid-refused';
  report.splits += 1;
  if (!isDeepStrictEqual(ourReading(input, someCuts(input, random)), ours)) return 'splits-differ';
  // Reading a head again for every octet costs the square of its length.
  if (input.bytes.length > 1_000 || random.next() > 0.25) return undefined;
  report.splits += 1;
  return isDeepStrictEqual(ourReading(input, everyOctet(input)), ours) ? undefined : 'splits-differ';
}

function count(input: StreamInput, ours: StreamEvents, nodes: StreamEvents, report: DifferentialReport): void {
  if (input.kind === 'request') report.requests += 1;
  else report.responses += 1;
  report.messagesCompared += ours.messages.length;
  if (ours.fault === undefined) {
    if (nodes.fault === undefined) report.taken += 1;
    return;
  }
  report.faults.set(ours.fault, (report.faults.get(ours.fault) ?? 0) + 1);
  if (nodes.fault !== undefined) report.refusedByBoth += 1;
  else {
    report.refusedAlone += 1;
    report.faultsAlone.set(ours.fault, (report.faultsAlone.get(ours.fault) ?? 0) + 1);
  }
}

/** Before and behind the last octet of each message: so Node's parser says where it ends one. */
function endsOf(ours: StreamEvents): number[] {
  return ours.messages.flatMap(({ end }) => (end === undefined ? [] : [end - 1, end]));
}

function everyOctet(input: StreamInput): number[] {
  return Array.from({ length: input.bytes.length }, (_, index) => index + 1);
}

function someCuts(input: StreamInput, random: Random): number[] {
  const cuts = Array.from({ length: 1 + whole(random, 5) }, () => whole(random, input.bytes.length + 1));
  return cuts.sort((one, other) => one - other);
}

function randomOf(seed: number, number: number): Random {
  return seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
}

function emptyReport(seed: number, inputs: number): DifferentialReport {
  const counts = {
    requests: 0,
    responses: 0,
    taken: 0,
    refusedByBoth: 0,
    refusedAlone: 0,
    messagesCompared: 0,
    splits: 0,
  };
  return { seed, inputs, ...counts, faults: new Map(), faultsAlone: new Map(), findings: [] };
}
