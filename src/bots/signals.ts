import {
  type SignalFigure,
  type SignalsFile,
  type SignalTable,
  type SignalTableName,
  signalFigures,
  signalTables,
} from '../contract/signalsFile.ts';

/**
 * The whole fleet's last hour, ready to be asked per request: one map look-up per table, no allocation. Immutable; one per
 * version in force. Without a signals file there is `noSignals`, which knows nothing.
 */
export class Signals {
  readonly #tables: Readonly<Record<SignalTableName, CompiledTable>>;

  constructor(file: SignalsFile | undefined) {
    const tables = signalTables.map((name) => [name, new CompiledTable(name, file?.[name])] as const);
    this.#tables = Object.fromEntries(tables) as unknown as Record<SignalTableName, CompiledTable>;
  }

  /** Where a key's figures are, for `figure`; -1 when it was not seen often enough, or is null. */
  row(table: SignalTableName, key: string | number | null): number {
    return key === null ? -1 : (this.#tables[table].rows.get(key) ?? -1);
  }

  /** NaN for row -1. */
  figure(table: SignalTableName, figure: SignalFigure, row: number): number {
    return row < 0 ? Number.NaN : this.#tables[table].figures[figure][row]!;
  }
}

class CompiledTable {
  readonly rows: ReadonlyMap<string | number, number>;
  readonly figures: Readonly<Record<SignalFigure, Float32Array>>;

  constructor(name: SignalTableName, table: SignalTable | undefined) {
    this.rows = new Map((table?.keys ?? []).map((key, index) => [lookupKey(name, key), index]));
    const figures = signalFigures.map((figure) => [figure, Float32Array.from(table?.[figure] ?? [])] as const);
    this.figures = Object.fromEntries(figures) as unknown as Record<SignalFigure, Float32Array>;
  }
}

/** Header orders and systems are numbers on their way through a request. */
function lookupKey(table: SignalTableName, key: string): string | number {
  if (table === 'headerOrder') return Number.parseInt(key, 16);
  return table === 'asn' ? Number(key) : key;
}

export const noSignals = new Signals(undefined);

export function compileSignals(file: SignalsFile): Signals {
  return new Signals(file);
}
