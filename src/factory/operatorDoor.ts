import type { FeatureDefinition } from '../contract/kinds/featureFile.ts';
import type { TimerClock } from '../kernel/clock.ts';
import { jsonAnswer, type LocalAnswer, type LocalRoute, LocalServer, textAnswer } from '../localSocket/index.ts';
import { addFeatureColumn } from './warehouse/addFeatureColumn.ts';
import { warehouseLimits } from './warehouse/limits.ts';
import { refuseStatement } from './warehouse/oneStatement.ts';
import type { Warehouse } from './warehouse/warehouse.ts';

export interface OperatorDoorParts {
  readonly clock: TimerClock;
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
  readonly #server: LocalServer;

  constructor(parts: OperatorDoorParts) {
    this.#parts = parts;
    this.#server = new LocalServer({
      clock: parts.clock,
      connectionsMax: warehouseLimits.queryConnectionsMax,
      requestMsMax: warehouseLimits.queryRequestMsMax,
      route: ({ method, target }) => this.#route(`${method} ${target}`) ?? refusal(404, 'no such thing'),
      refused: refusal,
      failed: (error) => refusal(400, (error as Error).message),
      // A connection more than there may be open files: who asked tries again.
      onError() {},
    });
  }

  async listen(path: string): Promise<void> {
    await this.#server.listen(path);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #route(call: string): LocalRoute | undefined {
    switch (call) {
      case 'GET /status':
        return { bodyBytesMax: 0, answer: () => jsonAnswer(200, this.#parts.status()) };
      case 'POST /cycle':
        return { bodyBytesMax: 0, answer: async () => jsonAnswer(200, await this.#parts.runCycle()) };
      case 'POST /signals':
        return { bodyBytesMax: 0, answer: async () => jsonAnswer(200, await this.#parts.runSignals()) };
      case 'POST /query':
        return this.#ofWarehouse((warehouse, asked) => query(warehouse, asked as QueryRequest));
      case 'POST /columns':
        return this.#ofWarehouse((warehouse, feature) => this.#addColumn(warehouse, feature as FeatureDefinition));
      default:
        return undefined;
    }
  }

  #ofWarehouse(answer: (warehouse: Warehouse, asked: unknown) => Promise<LocalAnswer>): LocalRoute {
    return {
      bodyBytesMax: warehouseLimits.querySqlBytesMax,
      answer: async (body) => {
        if (body === undefined) {
          return refusal(400, `a statement has at most ${warehouseLimits.querySqlBytesMax} bytes`);
        }
        const asked = JSON.parse(body.toString('utf8')) as unknown;
        const warehouse = this.#parts.warehouse();
        if (warehouse === null) return refusal(503, 'the factory has no ClickHouse; its log says why');
        return answer(warehouse, asked);
      },
    };
  }

  async #addColumn(warehouse: Warehouse, feature: FeatureDefinition): Promise<LocalAnswer> {
    const problems = this.#parts.checkFeature(feature);
    if (problems.length > 0) return refusal(400, problems.map((problem) => problem.message).join('\n'));
    const why = await addFeatureColumn(warehouse, feature);
    return why === null ? jsonAnswer(200, {}) : refusal(400, why);
  }
}

async function query(warehouse: Warehouse, { sql, format, write }: QueryRequest): Promise<LocalAnswer> {
  const why = refuseStatement(sql, write);
  if (why !== null) return refusal(400, why);
  const statement = sql.trim().replace(/;$/, '');
  return textAnswer(200, await run(warehouse, statement, /^[A-Za-z]+$/.test(format) ? format : 'TabSeparated', write));
}

function refusal(status: number, error: string): LocalAnswer {
  return jsonAnswer(status, { error });
}

async function run(warehouse: Warehouse, statement: string, format: string, write: boolean): Promise<string> {
  if (!write) return warehouse.query(statement, format);
  await warehouse.execute(statement);
  return '';
}
