import { networkLookupKey } from '../../address/index.ts';
import {
  type SignalsFile,
  type SignalTableName,
  signalFigures,
  signalTables,
} from '../../contract/kinds/signalsFile.ts';

const figureCount = signalFigures.length;

/**
 * The whole fleet's last hour, ready to be asked per request: one map look-up per table, no allocation. Tables and figures
 * are named by their places in `signalTables` and `signalFigures`. Immutable; one per version in force. Without a signals
 * file there is `noSignals`, which knows nothing.
 */
export class Signals {
  readonly #rows: readonly ReadonlyMap<string | number, number>[];
  /** By table: the figures of a row behind each other. */
  readonly #figures: readonly Float32Array[];

  constructor(file: SignalsFile | undefined) {
    const keys = (name: SignalTableName) => file?.[name].keys ?? [];
    this.#rows = signalTables.map((name) => new Map(keys(name).map((key, row) => [lookupKey(name, key), row])));
    this.#figures = signalTables.map((name) =>
      Float32Array.from(keys(name).flatMap((_, row) => signalFigures.map((figure) => file![name][figure][row]!))),
    );
  }

  /** Where a key's figures are, for `figure`; -1 when it was not seen often enough, or is null. */
  row(table: number, key: string | number | null): number {
    return key === null ? -1 : (this.#rows[table]!.get(key) ?? -1);
  }

  /** NaN for row -1. */
  figure(table: number, figure: number, row: number): number {
    return row < 0 ? Number.NaN : this.#figures[table]![row * figureCount + figure]!;
  }
}

/** As requests have it: header orders, systems and networks of IPv4 are numbers on their way. */
function lookupKey(table: SignalTableName, key: string): string | number {
  if (table === 'headerOrder') return Number.parseInt(key, 16);
  if (table === 'network' && key.endsWith('/24')) return networkLookupKey(key.slice(0, -3)) ?? key;
  return table === 'asn' ? Number(key) : key;
}

export const noSignals = new Signals(undefined);

export function compileSignals(file: SignalsFile): Signals {
  return new Signals(file);
}
