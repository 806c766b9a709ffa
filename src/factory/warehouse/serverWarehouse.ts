import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { warehouseLimits } from './limits.ts';
import {
  type ColumnReading,
  columnsQuery,
  parseRows,
  parseVersion,
  quoteName,
  type Warehouse,
  WarehouseError,
} from './warehouse.ts';

/**
 * A ClickHouse server or cluster by URL (`http://user:password@host:8123`). Tested against 18.16; needs a cluster named
 * `holdfast` in the server's `remote_servers` whose shards name `r0`, `r1`, `r2` as their default databases.
 */
export class ServerWarehouse implements Warehouse {
  readonly flavour = 'server';
  readonly engine: string;
  readonly version: readonly [major: number, minor: number];
  readonly #client: ClickHouseClient;
  readonly #columnsOrder: string;

  private constructor(client: ClickHouseClient, version: string, host: string, hasPosition: boolean) {
    this.#client = client;
    this.engine = `ClickHouse ${version} at ${host}`;
    this.version = parseVersion(version);
    // Servers before 20.10 have no `position`; they list a table's columns in their own order.
    this.#columnsOrder = hasPosition ? ' ORDER BY database, position' : '';
  }

  static async open(url: string): Promise<ServerWarehouse> {
    const { origin, host, username, password } = new URL(url);
    const client = createClient({
      url: origin,
      username: decodeURIComponent(username) || 'default',
      password: decodeURIComponent(password),
      request_timeout: warehouseLimits.warehouseTimeoutMs,
      // Every failure is thrown as well; whoever catches it logs it once.
      log: { level: ClickHouseLogLevel.OFF },
      keep_alive: { enabled: true, idle_socket_ttl: 1_000 },
    });
    try {
      const version = await ask(client, 'SELECT version()', 'TabSeparated');
      const position = await ask(
        client,
        `SELECT count() FROM system.columns WHERE database = 'system' AND table = 'columns' AND name = 'position'`,
        'TabSeparated',
      );
      return new ServerWarehouse(client, version.trim(), host, position.trim() !== '0');
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async readColumns(table: string, database: string | null): Promise<ColumnReading[]> {
    const sql = columnsQuery('system.columns', table, database, this.#columnsOrder, warehouseLimits.columnRowsMax);
    return parseRows(await this.query(sql, 'JSONEachRow'));
  }

  async insert(table: string, columns: readonly string[], rows: Uint8Array): Promise<void> {
    const sql = `INSERT INTO default.${quoteName(table)} (${columns.map(quoteName).join(', ')}) FORMAT TabSeparated\n`;
    await this.#attempt(async () => {
      const answer = await this.#client.exec({ query: sql, values: streamOf(rows) });
      await drain(answer.stream);
    });
  }

  query(sql: string, format: string): Promise<string> {
    return ask(this.#client, sql, format);
  }

  async execute(sql: string): Promise<void> {
    await this.#attempt(() => this.#client.command({ query: sql }));
  }

  /** A server watches its users file itself. */
  async refreshAccess(): Promise<boolean> {
    return false;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw warehouseError(error);
    }
  }
}

async function ask(client: ClickHouseClient, sql: string, format: string): Promise<string> {
  try {
    const answer = await client.exec({ query: `${sql}\nFORMAT ${format}` });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer.stream) {
      bytes += (chunk as Buffer).length;
      if (bytes > warehouseLimits.queryAnswerBytesMax) throw new WarehouseError('the answer is too long; add a LIMIT');
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw warehouseError(error);
  }
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

function streamOf(bytes: Uint8Array): Readable {
  return Readable.from([Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)], { objectMode: false });
}

function warehouseError(error: unknown): WarehouseError {
  if (error instanceof WarehouseError) return error;
  const message = (error as Error).message || String((error as { code?: string }).code ?? error);
  return new WarehouseError(message.split('\n', 1)[0] as string, { cause: error });
}
