import { requestColumnRows } from '../../src/factory/log/requestColumns.ts';
import type { Section } from './section.ts';
import { table, words } from './table.ts';

export const logColumnsSection: Section = {
  file: 'docs/operate/clickhouse.md',
  marker: 'log columns',
  make: () =>
    table(
      ['column of `http_requests`', 'type', 'what'],
      requestColumnRows.map(({ name, type, says }) => [words([name]), words([type]), says]),
    ),
};
