import { parseArgs } from 'node:util';
import { dataFolder } from '../contract/dataFolder.ts';
import { askFactory, errorOf } from './factorySocket.ts';
import { exitCodes, type Io } from './io.ts';

const usage = `holdfast query "SQL" [--data DIR] [--format NAME] [--write]
  asks the ClickHouse of the factory that runs in DIR (default ./.holdfast); tables: http_requests, http_requests_features
  --format NAME  a format of ClickHouse: PrettyCompact, JSONEachRow, CSV, ... (default: TabSeparatedWithNames)
  --write        runs a statement that changes something, e.g. ALTER TABLE
  holdfast query 'SELECT source, count(), avg(score) FROM http_requests GROUP BY source'
`;

/** Through the factory, because the embedded engine's folder belongs to one process. */
export async function query(args: string[], io: Io): Promise<number> {
  const parsed = parse(args);
  if (typeof parsed === 'string') {
    io.stderr.write(`${parsed}\n${usage}`);
    return exitCodes.usage;
  }
  if (parsed.help) {
    io.stdout.write(usage);
    return exitCodes.done;
  }
  const { data, ...question } = parsed;
  const socket = dataFolder(data).factorySocket;
  try {
    const answer = await askFactory(socket, 'POST', '/query', question);
    if (answer.status === 200) {
      io.stdout.write(answer.text);
      return exitCodes.done;
    }
    io.stderr.write(`${errorOf(answer.text)}\n`);
    return exitCodes.refused;
  } catch (error) {
    io.stderr.write(`no factory answers at ${socket} (${(error as Error).message}); is 'holdfast up' running there?\n`);
    return exitCodes.unreachable;
  }
}

function parse(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        data: { type: 'string', default: '.holdfast' },
        format: { type: 'string', default: 'TabSeparatedWithNames' },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (!values.help && positionals.length !== 1) return 'one statement is needed, in quotes';
    return { sql: positionals[0] ?? '', ...values };
  } catch (error) {
    return (error as Error).message;
  }
}
