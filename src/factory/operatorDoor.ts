import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { FeatureDefinition } from '../contract/kinds/featureFile.ts';
import { addFeatureColumn } from './warehouse/addFeatureColumn.ts';
import { warehouseLimits } from './warehouse/limits.ts';
import { refuseStatement } from './warehouse/oneStatement.ts';
import type { Warehouse } from './warehouse/warehouse.ts';

export interface OperatorDoorParts {
  /** null while there is no ClickHouse. */
  readonly warehouse: () => Warehouse | null;
  readonly status: () => unknown;
  /** Makes the feature file now rather than when its time has come. */
  readonly runCycle: () => Promise<unknown>;
  /** The same for signals. */
  readonly runSignals: () => Promise<unknown>;
  readonly checkFeature: (feature: FeatureDefinition) => readonly { readonly message: string }[];
}

interface QueryRequest {
  readonly sql: string;
  readonly format: string;
  readonly write: boolean;
}

/**
 * HTTP over a unix socket that the owner alone may open (mode 0600):
 *   GET /status; POST /query {sql, format, write}; POST /columns FeatureDefinition; POST /cycle; POST /signals.
 * An error is 400 (the statement), 503 (no ClickHouse) with `{error}`.
 */
export class OperatorDoor {
  readonly #parts: OperatorDoorParts;
  readonly #server: Server;

  constructor(parts: OperatorDoorParts) {
    this.#parts = parts;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: Error) => send(response, 400, { error: error.message }));
    });
    this.#server.maxConnections = warehouseLimits.queryConnectionsMax;
  }

  async listen(path: string): Promise<void> {
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /status') return send(response, 200, this.#parts.status());
    if (route === 'POST /cycle') return send(response, 200, await this.#parts.runCycle());
    if (route === 'POST /signals') return send(response, 200, await this.#parts.runSignals());
    if (route !== 'POST /query' && route !== 'POST /columns') return send(response, 404, { error: 'no such thing' });
    const body = JSON.parse(await readBody(request)) as unknown;
    const warehouse = this.#parts.warehouse();
    if (warehouse === null) return send(response, 503, { error: 'the factory has no ClickHouse; its log says why' });
    if (route === 'POST /columns') return this.#addColumn(warehouse, body as FeatureDefinition, response);
    const { sql, format, write } = body as QueryRequest;
    const refusal = refuseStatement(sql, write);
    if (refusal !== null) return send(response, 400, { error: refusal });
    const statement = sql.trim().replace(/;$/, '');
    const text = await run(warehouse, statement, /^[A-Za-z]+$/.test(format) ? format : 'TabSeparated', write);
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(text);
  }

  async #addColumn(warehouse: Warehouse, feature: FeatureDefinition, response: ServerResponse): Promise<void> {
    const problems = this.#parts.checkFeature(feature);
    if (problems.length > 0) {
      return send(response, 400, { error: problems.map((problem) => problem.message).join('\n') });
    }
    const refusal = await addFeatureColumn(warehouse, feature);
    if (refusal !== null) return send(response, 400, { error: refusal });
    send(response, 200, {});
  }
}

async function run(warehouse: Warehouse, statement: string, format: string, write: boolean): Promise<string> {
  if (!write) return warehouse.query(statement, format);
  await warehouse.execute(statement);
  return '';
}

function send(response: ServerResponse, status: number, answer: unknown): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > warehouseLimits.querySqlBytesMax)
      throw new Error(`a statement has at most ${warehouseLimits.querySqlBytesMax} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
