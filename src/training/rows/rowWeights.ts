import type { SessionOrigin } from '../traffic/session.ts';
import type { TrainedRow } from './makeRows.ts';

/**
 * How much each row counts: people and programs the same in all, a family by the root of its sessions, and a session by the
 * root of its rows, so that neither what is easily made nor who asks a lot drowns the others. The mean is 1.
 */
export function rowWeights(rows: readonly TrainedRow[]): Float64Array {
  const rowsOf = countBy(rows.map(({ session }) => session));
  const sessionsOf = countBy([...rowsOf.keys()].map(familyOf));
  const weights = Float64Array.from(
    rows,
    ({ session }) => 1 / Math.sqrt(sessionsOf.get(familyOf(session))! * rowsOf.get(session)!),
  );
  const sums = { human: 0, bot: 0 };
  for (const [index, { session }] of rows.entries()) sums[session.label] += weights[index]!;
  return weights.map((weight, index) => ((weight / sums[rows[index]!.session.label]) * rows.length) / 2);
}

function familyOf({ label, source, family }: SessionOrigin): string {
  return `${label} ${source} ${family}`;
}

function countBy<Key>(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
