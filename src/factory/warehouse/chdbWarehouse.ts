import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from 'chdb';
import { engineXml, shardDatabases, usersXml } from './embeddedConfig.ts';
import { warehouseLimits } from './limits.ts';
import {
  type ColumnReading,
  columnsQuery,
  parseRows,
  parseVersion,
  type Warehouse,
  WarehouseError,
} from './warehouse.ts';

type Chdb = typeof import('chdb');

/** Where the embedded engine keeps its things below `<data>/factory`. */
export function chdbPaths(folder: string) {
  return { store: join(folder, 'clickhouse'), engine: join(folder, 'engine.xml'), users: join(folder, 'users.xml') };
}

/**
 * ClickHouse embedded in this process. One process may hold a data folder; statements run one after another on a
 * thread of the engine's own, so that the event loop never waits for them.
 */
export class ChdbWarehouse implements Warehouse {
  readonly flavour = 'embedded';
  engine = 'chdb';
  version: readonly [major: number, minor: number] = [0, 0];
  readonly #chdb: Chdb;
  readonly #paths: ReturnType<typeof chdbPaths>;
  /** null after it could not be opened again: the next statement tries. */
  #session: Session | null;
  #usersInForce: string;
  #last: Promise<unknown> = Promise.resolve();
  #nextShard = 0;

  private constructor(chdb: Chdb, paths: ReturnType<typeof chdbPaths>, session: Session, users: string) {
    this.#chdb = chdb;
    this.#paths = paths;
    this.#session = session;
    this.#usersInForce = users;
  }

  /** Opens or makes the engine's folder. Rejects with a `WarehouseError` that says what to do. */
  static async open(folder: string): Promise<ChdbWarehouse> {
    const chdb = await loadChdb();
    const paths = chdbPaths(folder);
    try {
      mkdirSync(paths.store, { recursive: true });
      writeFileSync(paths.engine, engineXml(paths.users));
      if (!existsSync(paths.users)) writeFileSync(paths.users, usersXml());
      const users = readFileSync(paths.users, 'utf8');
      const warehouse = new ChdbWarehouse(chdb, paths, await openSession(chdb, paths), users);
      const version = (await warehouse.query('SELECT version()', 'TabSeparated')).trim();
      warehouse.version = parseVersion(version);
      warehouse.engine = `chdb, ClickHouse ${version}`;
      return warehouse;
    } catch (error) {
      throw new WarehouseError(
        `the embedded ClickHouse cannot open ${paths.store}: ${(error as Error).message}; only one process may hold ` +
          `this folder, and its disk must be writable`,
        { cause: error },
      );
    }
  }

  async readColumns(table: string, database: string | null): Promise<ColumnReading[]> {
    // The view runs with the reading user's grants, whoever asks.
    const order = ' ORDER BY database, position';
    const sql = columnsQuery('holdfast.columns_seen', table, database, order, warehouseLimits.columnRowsMax);
    return parseRows(await this.query(sql, 'JSONEachRow'));
  }

  insert(table: string, columns: readonly string[], rows: Uint8Array): Promise<void> {
    // A Distributed table over shards of one process can be read and not be written to; blocks take turns instead.
    const shard = shardDatabases[this.#nextShard++ % shardDatabases.length] as string;
    return this.#inTurn(async () => {
      await (await this.#opened()).insert({
        table: `${shard}.${table}`,
        values: rows,
        format: 'TabSeparated',
        columns: [...columns],
      });
    });
  }

  query(sql: string, format: string): Promise<string> {
    return this.#inTurn(async () => {
      const bytes = (await (await this.#opened()).queryAsync(sql, { format })).bytes();
      if (bytes.length > warehouseLimits.queryAnswerBytesMax) {
        throw new WarehouseError(`the answer has ${bytes.length} bytes; add a LIMIT`);
      }
      return Buffer.from(bytes).toString('utf8');
    });
  }

  async execute(sql: string): Promise<void> {
    await this.#inTurn(async () => (await this.#opened()).queryAsync(sql));
  }

  refreshAccess(): Promise<boolean> {
    // The engine reads users when it opens its folder, at no other time: 32 ms.
    return this.#inTurn(async () => {
      const users = readFileSync(this.#paths.users, 'utf8');
      if (users === this.#usersInForce) return false;
      await this.#closeSession();
      try {
        this.#session = await openSession(this.#chdb, this.#paths);
        this.#usersInForce = users;
      } catch (error) {
        // A broken users file must not cost the log: the old text comes back into force until somebody mends it.
        writeFileSync(`${this.#paths.users}.refused`, users);
        writeFileSync(this.#paths.users, this.#usersInForce);
        await this.#opened();
        throw error;
      }
      return true;
    });
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#closeSession());
  }

  async #opened(): Promise<Session> {
    this.#session ??= await openSession(this.#chdb, this.#paths);
    return this.#session;
  }

  async #closeSession(): Promise<void> {
    this.#session?.close();
    this.#session = null;
    await this.#chdb.drainPending();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn.catch((error: Error) => {
      throw error instanceof WarehouseError ? error : new WarehouseError(firstLine(error.message), { cause: error });
    });
  }
}

async function openSession(chdb: Chdb, paths: ReturnType<typeof chdbPaths>): Promise<Session> {
  return new chdb.Session(paths.store, { connectionArgs: [`--config-file=${paths.engine}`] });
}

async function loadChdb(): Promise<Chdb> {
  try {
    return await import('chdb');
  } catch (error) {
    throw new WarehouseError(
      `the embedded ClickHouse (optional package chdb) does not load: ${firstLine((error as Error).message)}. Install it with ` +
        `'npm install chdb@3.4.0' (Linux with glibc or macOS), or name a server: --clickhouse URL, or clickhouse: {url: URL} in holdfast.yaml`,
      { cause: error },
    );
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] as string;
}
