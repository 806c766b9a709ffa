import type { ControlAccess } from './edgeOptions.ts';

/** Names the ClickHouse server by URL, which may carry a password; unset: the engine embedded in the factory's process. */
export const clickhouseVariable = 'HOLDFAST_CLICKHOUSE_URL';

/** How the factory is started: JSON in `argv[2]`. */
export interface FactoryOptions {
  readonly data: string;
  readonly control: ControlAccess;
  readonly everyS: number;
}
