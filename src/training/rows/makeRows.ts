import { ClientWindows, type FeatureSet } from '../../bots/index.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import type { TrainingTable } from '../forest/trainingTable.ts';
import type { Traffic } from '../traffic/makeTraffic.ts';
import type { Session, SessionOrigin } from '../traffic/session.ts';

/** What a trainer needs of a judged request. */
export interface TrainedRow {
  readonly vector: Float32Array;
  readonly session: SessionOrigin;
  /** Its place within the session; 0 is the client's first request. */
  readonly position: number;
}

/** One judged request: its vector and where it comes from. */
export interface Row extends TrainedRow {
  readonly head: RequestHead;
  readonly session: Session;
}

/** A session gives at most this many rows, so that chatty clients do not drown the others. */
const rowsPerSessionMax = 12;

/** Feeds the traffic through the very code that an edge runs, and keeps the vectors. */
export function makeRows(traffic: Traffic, features: FeatureSet, keep: 'some' | 'all' = 'some'): Row[] {
  const windows = new ClientWindows({ clientsMax: traffic.sessions.length + 1 });
  const taken = new Map<number, number>();
  const rows: Row[] = [];
  for (const { session: index, atMs, head, status, setsCookie } of traffic.requests) {
    const window = windows.observe(head, atMs);
    windows.recordAnswer(head, { status, setsCookie }, atMs + 20);
    if (index === -1) continue;
    const position = taken.get(index) ?? 0;
    taken.set(index, position + 1);
    const session = traffic.sessions[index]!;
    if (keep === 'some' && !isKept(position, session.requests.length)) continue;
    const vector = new Float32Array(features.names.length);
    features.fill(head, window, vector);
    rows.push({ vector, head, session, position });
  }
  return rows;
}

/** The first few requests, then an even spread over the rest. */
function isKept(position: number, count: number): boolean {
  if (position < 4 || count <= rowsPerSessionMax) return position < rowsPerSessionMax;
  const stride = Math.ceil((count - 4) / (rowsPerSessionMax - 4));
  return (position - 4) % stride === 0;
}

export function tableOf(rows: readonly TrainedRow[], names: readonly string[]): TrainingTable {
  return {
    names,
    columns: names.map((_, column) => Float32Array.from(rows, (row) => row.vector[column]!)),
    humans: Uint8Array.from(rows, (row) => (row.session.label === 'human' ? 1 : 0)),
  };
}
