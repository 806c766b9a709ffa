import { createHash } from 'node:crypto';
import type { FeatureSet } from '../../bots/index.ts';
import type { TrainedRow } from '../rows/makeRows.ts';
import { type OwnLog, ownLogLimits } from './readOwnLog.ts';
import { type WeakReason, weakLabelOf, weakReasons } from './weakLabel.ts';

/** What an operator's own log gives to learn from, and what of it is kept back to see how well that went. */
export interface OwnRows {
  readonly trained: readonly TrainedRow[];
  readonly keptBack: readonly TrainedRow[];
  /** Clients by what told who they are; the rest says nothing. */
  readonly clients: Readonly<Record<WeakReason | 'unknown', number>>;
}

/** Of the networks, one in so many is kept back with all its clients: neighbours are often one and the same. */
const keptBackOneIn = 5;

function isKeptBack(network: string): boolean {
  return createHash('sha256').update(network).digest().readUInt32LE() % keptBackOneIn === 0;
}

/** Rows of the clients that the log tells something of; vectors in the order of `features`, NaN where the log has no such column. */
export function ownRows({ clients, names }: OwnLog, features: FeatureSet): OwnRows {
  const places = features.names.map((name) => names.indexOf(name));
  const counts = Object.fromEntries([...weakReasons, 'unknown'].map((reason) => [reason, 0])) as OwnRows['clients'];
  const counted = counts as Record<WeakReason | 'unknown', number>;
  const trained: TrainedRow[] = [];
  const keptBack: TrainedRow[] = [];
  for (const client of clients) {
    const weak = weakLabelOf(client, names);
    counted[weak?.reason ?? 'unknown'] += 1;
    if (weak === undefined) continue;
    const session = { family: `log ${weak.reason}`, label: weak.label, source: 'log' } as const;
    // A visit is known by its last request, which would judge itself.
    const told = weak.reason === 'visit' ? client.rows.slice(0, -1) : client.rows;
    const rows = told.map(({ place, vector }) => ({
      vector: Float32Array.from(places, (at) => (at === -1 ? Number.NaN : vector[at]!)),
      session,
      position: place - 1,
    }));
    (isKeptBack(client.network) ? keptBack : trained).push(...rows);
  }
  return { trained, keptBack, clients: counts };
}

/** Why there is too little to learn from or to judge by; undefined: there is enough. */
export function lackOf({ trained, keptBack }: OwnRows): string | undefined {
  const sessionsOf = (rows: readonly TrainedRow[], label: 'human' | 'bot') =>
    rows.filter(({ session, position }) => session.label === label && position === 0).length;
  for (const [label, who] of [
    ['human', 'people’s visits'],
    ['bot', 'programs'],
  ] as const) {
    const [learned, kept] = [sessionsOf(trained, label), sessionsOf(keptBack, label)];
    if (learned >= ownLogLimits.clientsMin && kept >= ownLogLimits.keptBackMin) continue;
    return (
      `the log tells of too few ${who}: ${learned} clients to learn from and ${kept} to judge by, of at least` +
      ` ${ownLogLimits.clientsMin} and ${ownLogLimits.keptBackMin}; ask for more --hours`
    );
  }
  return undefined;
}
