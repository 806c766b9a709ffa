import {
  isShare,
  isSignalKey,
  type SignalFigure,
  type SignalsFile,
  type SignalTable,
  type SignalTableName,
  signalFigures,
  signalTables,
} from '../contract/kinds/signalsFile.ts';
import { limits } from '../contract/limits.ts';
import { type FindingList, quote, quoteSome } from './findingList.ts';
import { exactFile, exactObject, refuse, repeatedNames } from './shape.ts';

/** Milliseconds since 1970 that a Date can hold. */
const timeMsMax = 8.64e15;

/** Reads a signals file strictly; `last` is the one in force. Returns it only when no finding was added. */
export function decodeSignals(
  value: unknown,
  last: SignalsFile | undefined,
  findings: FindingList,
): SignalsFile | undefined {
  const file = exactFile(value, ['windowEndMs', ...signalTables], findings);
  if (file === undefined) return undefined;
  const { windowEndMs } = file;
  if (!isWhole(windowEndMs, 0, timeMsMax)) return refuse(findings, '"windowEndMs" must be a time in milliseconds.');
  const tables: Partial<Record<SignalTableName, SignalTable>> = {};
  for (const name of signalTables) {
    const table = decodeTable(file[name], name, findings);
    if (table !== undefined) tables[name] = table;
  }
  const { ja4, headerOrder, network, asn } = tables;
  if (ja4 === undefined || headerOrder === undefined || network === undefined || asn === undefined) return undefined;
  const decoded: SignalsFile = { schema: 1, windowEndMs, ja4, headerOrder, network, asn };
  checkEmpty(decoded, findings);
  if (last !== undefined) checkAgainstLast(decoded, last, findings);
  return findings.isEmpty ? decoded : undefined;
}

/** undefined when it is no table; findings about what stands in it are added beside it. */
function decodeTable(value: unknown, name: SignalTableName, findings: FindingList): SignalTable | undefined {
  const table = exactObject(value, ['keys', ...signalFigures], `Table ${name}`, findings);
  if (table === undefined) return undefined;
  const { keys } = table;
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    return refuse(findings, `The keys of table ${name} must be a list of texts.`);
  }
  const uneven = signalFigures.filter((figure) => !isNumbers(table[figure], keys.length));
  if (uneven.length > 0) {
    const what = uneven.map(quote).join(', ');
    return refuse(
      findings,
      `These of table ${name} must be lists of ${keys.length} numbers, one for each key: ${what}.`,
    );
  }
  checkKeys(keys, name, findings);
  const figures = table as unknown as SignalTable;
  for (const figure of signalFigures) checkRange(figures[figure], figure, name, findings);
  return figures;
}

function checkKeys(keys: readonly string[], name: SignalTableName, findings: FindingList): void {
  const limit = limits.signalRowsMax[name];
  if (keys.length > limit) {
    const message = `Table ${name} has ${keys.length} rows; at most ${limit} are allowed.`;
    findings.add({ reason: 'signals-too-many', message, value: keys.length, limit });
  }
  const bad = keys.filter((key) => !isSignalKey(name, key));
  if (bad.length > 0) {
    const names = bad.slice(0, limits.namesPerFindingMax).map((key) => key.slice(0, 200));
    const message = `Table ${name} has ${bad.length} keys that are none: ${quoteSome(names)}.`;
    findings.add({ reason: 'signal-key-invalid', message, names, value: bad.length, limit: 0 });
  }
  const repeated = repeatedNames(keys).map((key) => key.slice(0, 200));
  if (repeated.length === 0) return;
  const message = `Table ${name} has ${repeated.length} keys more than once: ${quoteSome(repeated)}. A query that reads its rows twice does that.`;
  findings.add({ reason: 'signal-key-duplicate', message, names: repeated, value: repeated.length, limit: 0 });
}

function checkRange(
  values: readonly number[],
  figure: SignalFigure,
  name: SignalTableName,
  findings: FindingList,
): void {
  const isGood = isShare(figure)
    ? (value: number) => value >= 0 && value <= 1
    : (value: number) => isWhole(value, 1, values.length);
  const bad = values.find((value) => !isGood(value));
  if (bad === undefined) return;
  const range = isShare(figure) ? '0 to 1' : `1 to ${values.length}, whole,`;
  const message = `${figure} of table ${name} holds ${bad}; it goes from ${range} here.`;
  findings.add({ reason: 'signal-out-of-range', message, value: bad });
}

/** A table may be empty (no TLS, no lists of networks); a file that says nothing at all is a query that went wrong. */
function checkEmpty(file: SignalsFile, findings: FindingList): void {
  if (signalTables.some((name) => file[name].keys.length > 0)) return;
  findings.add({ reason: 'signals-empty', message: 'The signals file has no rows in any table.', value: 0, limit: 1 });
}

/** A refusal ends by itself: after `signalsShrinkWithinMs` of them the little that is left is how the traffic is. */
function checkAgainstLast(file: SignalsFile, last: SignalsFile, findings: FindingList): void {
  if (Math.abs(file.windowEndMs - last.windowEndMs) > limits.signalsShrinkWithinMs) return;
  for (const name of signalTables) {
    const before = last[name].keys.length;
    const limit = before - Math.floor(before * limits.signalsShrinkShareMax);
    const value = file[name].keys.length;
    if (before < limits.signalsShrinkRowsMin || value >= limit) continue;
    const message = `Table ${name} has ${value} rows; the file in force has ${before}, and within half an hour no table loses more than half of them.`;
    findings.add({ reason: 'signals-shrunk', message, value, limit });
  }
}

function isNumbers(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length && value.every((each) => typeof each === 'number');
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
