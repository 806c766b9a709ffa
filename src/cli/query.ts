import { dataFolder } from '../contract/dataFolder.ts';
import { askAndTellFactory } from './clients/factorySocket.ts';
import { dataOption, readArguments, usageError } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';

const usage = `usage: holdfast query "SQL" [--data DIR] [--format NAME] [--write]
  asks the ClickHouse of the factory that runs in DIR (default ./.holdfast); tables: http_requests, http_requests_features
  --format NAME  a format of ClickHouse: PrettyCompact, JSONEachRow, CSV, ... (default: TabSeparatedWithNames)
  --write        runs a statement that changes something, e.g. ALTER TABLE
  holdfast query 'SELECT source, count(), avg(score) FROM http_requests GROUP BY source'
`;

const options = { ...dataOption, format: { type: 'string' }, write: { type: 'boolean' } } as const;

/** Through the factory, because the embedded engine's folder belongs to one process. */
export async function query(args: readonly string[], io: Io): Promise<number> {
  const read = readArguments(args, options, usage, io);
  if (typeof read === 'number') return read;
  const { values, words } = read;
  if (words.length !== 1) return usageError('one statement is needed, in quotes', usage, io);
  const question = { sql: words[0], format: values.format ?? 'TabSeparatedWithNames', write: values.write === true };
  return askAndTellFactory(dataFolder(values.data as string), '/query', question, io, (text) => text);
}
