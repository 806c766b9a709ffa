import type { FeatureDefinition } from '../../contract/featureFile.ts';
import { writeFeatureComment } from '../featureComment.ts';
import { shardDatabases } from './embeddedConfig.ts';
import { quote, quoteName, type Warehouse } from './warehouse.ts';

/**
 * Adds a column to `http_requests_features` everywhere, the Distributed table last: the factory reads that one, and by
 * then the shards can store the new feature's values. A column that exists keeps its type and gets the new comment,
 * which is how a default or a parameter is changed.
 */
export async function addFeatureColumn(warehouse: Warehouse, feature: FeatureDefinition): Promise<void> {
  const below = warehouse.flavour === 'embedded' ? [...shardDatabases, 'shards'] : shardDatabases;
  const column = quoteName(feature.name);
  const comment = quote(writeFeatureComment(feature));
  for (const database of [...below, 'default']) {
    const table = `${database}.http_requests_features`;
    // Two statements, because servers before 19 know neither IF NOT EXISTS nor the comment of an added column.
    if (!(await hasColumn(warehouse, database, feature.name))) {
      await warehouse.execute(`ALTER TABLE ${table} ADD COLUMN ${column} ${feature.type} COMMENT ${comment}`);
    }
    await warehouse.execute(`ALTER TABLE ${table} COMMENT COLUMN ${column} ${comment}`);
  }
}

async function hasColumn(warehouse: Warehouse, database: string, name: string): Promise<boolean> {
  const sql =
    `SELECT count() FROM system.columns WHERE database = ${quote(database)}` +
    ` AND table = 'http_requests_features' AND name = ${quote(name)}`;
  return (await warehouse.query(sql, 'TabSeparated')).trim() !== '0';
}
