import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Logger } from '../../kernel/log.ts';
import { parseRows, quote, type Warehouse, WarehouseError, type WarehouseFlavour } from './warehouse.ts';

/** `<repository or package>/shipped/migrations`, seen from src/factory/warehouse and dist/factory/warehouse alike. */
const shippedFolder = new URL('../../../shipped/migrations/', import.meta.url);

/**
 * One numbered SQL file. `0002-x.embedded.sql` is for one flavour, `0002-x.sql` for both; a line `-- since: 19.6` leaves
 * it out on older servers.
 */
export interface Migration {
  readonly name: string;
  readonly flavour: WarehouseFlavour | null;
  readonly since: readonly [major: number, minor: number];
  readonly statements: readonly string[];
  readonly sha256: string;
}

/** Applies what is missing, in order, and records each file in `default.holdfast_migrations`. Returns the names applied. */
export async function migrate(warehouse: Warehouse, log: Logger, migrations = shippedMigrations()): Promise<string[]> {
  const recorded = await readRecorded(warehouse);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (migration.flavour !== null && migration.flavour !== warehouse.flavour) continue;
    const sha256 = recorded.get(migration.name);
    if (sha256 !== undefined) {
      if (sha256 !== migration.sha256) log.warn('migration-differs', { migration: migration.name });
      continue;
    }
    if (isOlder(warehouse.version, migration.since)) {
      log.warn('migration-left-out', { migration: migration.name, engine: warehouse.engine, since: migration.since });
      continue;
    }
    for (const statement of migration.statements) {
      await warehouse.execute(statement).catch((error: Error) => {
        if (isDoneAlready(statement, error)) return;
        throw new WarehouseError(`migration ${migration.name}: ${error.message}`, { cause: error });
      });
    }
    await warehouse.execute(
      `INSERT INTO default.holdfast_migrations (name, sha256, applied_at) ` +
        `SELECT ${quote(migration.name)}, ${quote(migration.sha256)}, now()`,
    );
    applied.push(migration.name);
  }
  return applied;
}

/** A migration that broke off is applied again from its beginning. */
function isDoneAlready(statement: string, error: Error): boolean {
  if (/^ALTER TABLE \S+ ADD COLUMN/.test(statement)) return /already exists|DUPLICATE_COLUMN/.test(error.message);
  return /^ALTER TABLE \S+ DROP COLUMN/.test(statement) && /Wrong column name|NO_SUCH_COLUMN/.test(error.message);
}

export function shippedMigrations(folder: URL = shippedFolder): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => parseMigration(file, readFileSync(new URL(file, folder), 'utf8')));
}

export function parseMigration(file: string, text: string): Migration {
  const [, major, minor] = /^-- since: (\d+)\.(\d+)$/m.exec(text) ?? [];
  const flavour = /\.(embedded|server)\.sql$/.exec(file)?.[1] ?? null;
  return {
    name: file.replace(/\.sql$/, ''),
    flavour: flavour as WarehouseFlavour | null,
    since: [Number(major ?? 0), Number(minor ?? 0)],
    // A statement ends with a semicolon at the end of a line; comments hold none there.
    statements: text
      .replace(/^--.*$/gm, '')
      .split(/;\s*$/m)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== ''),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

async function readRecorded(warehouse: Warehouse): Promise<Map<string, string>> {
  const table = 'default.holdfast_migrations';
  if ((await warehouse.query(`EXISTS TABLE ${table}`, 'TabSeparated')).trim() !== '1') {
    await warehouse.execute(
      `CREATE TABLE ${table} (name String, sha256 String, applied_at DateTime) ` +
        `ENGINE = MergeTree() PARTITION BY tuple() ORDER BY name`,
    );
  }
  const rows = parseRows<{ name: string; sha256: string }>(
    await warehouse.query(`SELECT name, sha256 FROM ${table}`, 'JSONEachRow'),
  );
  return new Map(rows.map((row) => [row.name, row.sha256]));
}

function isOlder(version: readonly [number, number], since: readonly [number, number]): boolean {
  return version[0] < since[0] || (version[0] === since[0] && version[1] < since[1]);
}
