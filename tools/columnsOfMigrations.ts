import { shippedMigrations } from '../src/factory/warehouse/migrate.ts';
import type { WarehouseFlavour } from '../src/factory/warehouse/warehouse.ts';

/** `name type` of a table's columns, in its order, after all shipped migrations of a flavour. */
export function columnsOfMigrations(flavour: WarehouseFlavour, table: string): readonly string[] {
  const tables = new Map<string, readonly string[]>();
  for (const migration of shippedMigrations()) {
    if (migration.flavour !== null && migration.flavour !== flavour) continue;
    for (const statement of migration.statements) apply(statement, tables);
  }
  return tables.get(table) ?? [];
}

function apply(statement: string, tables: Map<string, readonly string[]>): void {
  const copied = /^CREATE TABLE IF NOT EXISTS (\S+) AS (\S+)/.exec(statement);
  if (copied !== null) tables.set(copied[1]!, tables.get(copied[2]!) ?? []);
  const created = /^CREATE TABLE IF NOT EXISTS (\S+) \(\n(.+?)\n\)/s.exec(statement);
  if (created !== null) {
    tables.set(
      created[1]!,
      created[2]!.split('\n').map((line) => columnOf(line.trim().replace(/,$/, ''))),
    );
  }
  const altered = /^ALTER TABLE (\S+)/.exec(statement)?.[1];
  if (altered === undefined) return;
  const added = [...statement.matchAll(/\bADD COLUMN (?:IF NOT EXISTS )?(.+?)(?=,?$)/gm)].map(([, column]) =>
    columnOf(column!),
  );
  const dropped = [...statement.matchAll(/\bDROP COLUMN (?:IF EXISTS )?`?(\w+)/g)].map(([, name]) => name!);
  const before = (tables.get(altered) ?? []).filter((column) => !dropped.includes(column.split(' ')[0]!));
  tables.set(altered, [...before, ...added]);
}

/** Without quotes and comment. */
function columnOf(text: string): string {
  return text.replace(/ COMMENT .*$/, '').replaceAll('`', '');
}
