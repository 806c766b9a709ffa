import type { FeatureDefinition } from '../../contract/kinds/featureFile.ts';
import { shardDatabases } from './embeddedConfig.ts';
import { writeFeatureComment } from './featureComment.ts';
import { keyColumnMark, parseRows, quote, quoteName, type Warehouse } from './warehouse.ts';

/**
 * Adds a column to `http_requests_features` everywhere, the Distributed table last: the factory reads that one, and by
 * then the shards can store the new feature's values. A column that exists keeps its type and gets the new comment,
 * which is how a default or a parameter is changed. All places are looked at before the first is changed: the answer is
 * a sentence when one of them has a key column or another type under this name, and then nothing was changed; else null.
 */
export async function addFeatureColumn(warehouse: Warehouse, feature: FeatureDefinition): Promise<string | null> {
  const below = warehouse.flavour === 'embedded' ? [...shardDatabases, 'shards'] : shardDatabases;
  const places: { readonly table: string; readonly exists: boolean }[] = [];
  for (const database of [...below, 'default']) {
    const there = await existingColumn(warehouse, database, feature.name);
    const refusal = there === undefined ? null : whyNot(there, feature, database);
    if (refusal !== null) return refusal;
    places.push({ table: `${database}.http_requests_features`, exists: there !== undefined });
  }
  const column = quoteName(feature.name);
  const comment = quote(writeFeatureComment(feature));
  for (const { table, exists } of places) {
    // Two statements, because servers before 19 know neither IF NOT EXISTS nor the comment of an added column.
    if (!exists)
      await warehouse.execute(`ALTER TABLE ${table} ADD COLUMN ${column} ${feature.type} COMMENT ${comment}`);
    await warehouse.execute(`ALTER TABLE ${table} COMMENT COLUMN ${column} ${comment}`);
  }
  return null;
}

interface ExistingColumn {
  readonly type: string;
  readonly comment: string;
}

/** A key column's mark is its comment: with another one the factory would read, and write, the key as a feature. */
function whyNot(there: ExistingColumn, feature: FeatureDefinition, database: string): string | null {
  const where = `${database}.http_requests_features.${feature.name}`;
  if (there.comment.startsWith(keyColumnMark)) {
    return `${where} is a key column of the table and stays one; choose another name`;
  }
  if (there.type === feature.type) return null;
  return `${where} exists with the type ${there.type}, not ${feature.type}; a column keeps its type, so choose another name`;
}

async function existingColumn(
  warehouse: Warehouse,
  database: string,
  name: string,
): Promise<ExistingColumn | undefined> {
  const sql =
    `SELECT type, comment FROM system.columns WHERE database = ${quote(database)}` +
    ` AND table = 'http_requests_features' AND name = ${quote(name)}`;
  return parseRows<ExistingColumn>(await warehouse.query(sql, 'JSONEachRow'))[0];
}
