// Writes the migration that gives http_requests the columns of new rows (src/factory/log/requestColumns.ts), for both flavours:
//   node tools/node.js tools/makeColumnMigration.ts NNNN-some-name
// New are rows that no migration knows. They stand at the end of the list, as their columns will in the tables.
import { writeFileSync } from 'node:fs';
import { requestColumnRows } from '../src/factory/log/requestColumns.ts';
import { shardDatabases } from '../src/factory/warehouse/embeddedConfig.ts';
import { columnsOfMigrations } from './columnsOfMigrations.ts';

const [name] = process.argv.slice(2);
if (name === undefined || !/^\d{4}-[a-z-]+$/.test(name))
  throw new Error('give the name of the migration: NNNN-some-name');
const known = columnsOfMigrations('embedded', 'default.http_requests');
const wanted = requestColumnRows.map((column) => `${column.name} ${column.type}`);
if (known.some((column, index) => wanted[index] !== column))
  throw new Error('columns that are there keep their place, name and type; new rows go to the end');
const added = requestColumnRows.slice(known.length);
if (added.length === 0) throw new Error('every row has its column');

const sentences = added.map((column) => `-- ${column.name}: ${column.says}.`).join('\n');
const header = `${sentences}\n-- Made by tools/makeColumnMigration.ts. What is read comes last: by then the shards can store the values.`;
const alter = (database: string) => `ALTER TABLE ${database}.http_requests`;
const embedded = [...shardDatabases, 'shards', 'default'].map((database) => {
  const columns = added.map((column) => `  ADD COLUMN IF NOT EXISTS ${column.name} ${column.type}`);
  return `${alter(database)}\n${columns.join(',\n')};`;
});
// A column that is there from an attempt that broke off is no error (migrate.ts).
const server = [...shardDatabases, 'default'].map((database) =>
  added.map((column) => `${alter(database)} ADD COLUMN ${column.name} ${column.type};`).join('\n'),
);
const folder = new URL('../shipped/migrations/', import.meta.url);
writeFileSync(new URL(`${name}.embedded.sql`, folder), `${header}\n\n${embedded.join('\n\n')}\n`);
writeFileSync(
  new URL(`${name}.server.sql`, folder),
  `${header}\n-- Servers before 19 know no IF NOT EXISTS.\n\n${server.join('\n\n')}\n`,
);
process.stdout.write(`${added.map((column) => column.name).join('\n')}\n`);
