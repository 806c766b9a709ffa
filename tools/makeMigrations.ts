// Writes shipped/migrations/0001-shard-tables.sql from shipped/features.json:
//   node tools/node.js tools/makeMigrations.ts
// Only before a release: afterwards a new feature is a new migration, because this one has been applied elsewhere.
import { readFileSync, writeFileSync } from 'node:fs';
import type { FeatureFile } from '../src/contract/kinds/featureFile.ts';
import { shardDatabases } from '../src/factory/warehouse/embeddedConfig.ts';
import { writeFeatureComment } from '../src/factory/warehouse/featureComment.ts';
import { quote, quoteName } from '../src/factory/warehouse/warehouse.ts';

const shipped = new URL('../shipped/', import.meta.url);
const { features } = JSON.parse(readFileSync(new URL('features.json', shipped), 'utf8')) as FeatureFile;

const requestColumns = [
  'at DateTime',
  'milliseconds UInt16',
  'id UInt64',
  'edge String',
  'worker UInt16',
  'site String',
  'method String',
  'host String',
  'target String',
  'status UInt16',
  'duration_ms Float32',
  'client_address String',
  'user_agent String',
  'score Nullable(UInt8)',
  'score_absent_reason String',
  'source String',
  'heuristics Array(String)',
  'action String',
  'rule String',
  'rules_logged Array(String)',
  'rules_dry Array(String)',
  'unknowns UInt16',
  'features_version Nullable(UInt64)',
  'model_version Nullable(UInt64)',
  'sites_version Nullable(UInt64)',
  'switches_version Nullable(UInt64)',
];

const featureColumns = [
  `at DateTime COMMENT 'key: second of arrival, UTC'`,
  `milliseconds UInt16 COMMENT 'key: milliseconds within it'`,
  `id UInt64 COMMENT 'key: the same in http_requests'`,
  `edge String COMMENT 'key: which edge scored'`,
  `features_version Nullable(UInt64) COMMENT 'key: version of the feature file that made this row'`,
  `missing Array(String) COMMENT 'key: features without a value; what their columns hold is the column default'`,
  ...features.map(
    (feature) => `${quoteName(feature.name)} ${feature.type} COMMENT ${quote(writeFeatureComment(feature))}`,
  ),
];

const engine = 'ENGINE = MergeTree() PARTITION BY toYYYYMMDD(at) ORDER BY (at, id)';
const tables = { http_requests: requestColumns, http_requests_features: featureColumns };
const [first, ...others] = shardDatabases;
const statements = shardDatabases.map((database) => `CREATE DATABASE IF NOT EXISTS ${database};`);
for (const [table, columns] of Object.entries(tables)) {
  statements.push(`CREATE TABLE IF NOT EXISTS ${first}.${table} (\n  ${columns.join(',\n  ')}\n)\n${engine};`);
  for (const database of others) {
    statements.push(`CREATE TABLE IF NOT EXISTS ${database}.${table} AS ${first}.${table}\n${engine};`);
  }
}
const header = `-- The tables that hold the rows, one of each in every shard database.
-- A column of http_requests_features is a feature of the model; its comment says how to compute it. Columns whose
-- comment begins with 'key: ' are none. Made from shipped/features.json by tools/makeMigrations.ts.
`;
writeFileSync(new URL('migrations/0001-shard-tables.sql', shipped), `${header}\n${statements.join('\n\n')}\n`);
