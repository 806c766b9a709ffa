// Writes the migration that gives http_requests_features the columns of new shipped features, for both flavours:
//   node tools/node.js tools/makeFeatureMigration.ts 0006-some-name [old_feature ...]
// Columns of old features, named behind it, go. New are features of shipped/features.json that no other migration names. They stand at its end, as their columns will.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { FeatureFile } from '../src/contract/kinds/featureFile.ts';
import { shardDatabases } from '../src/factory/warehouse/embeddedConfig.ts';
import { writeFeatureComment } from '../src/factory/warehouse/featureComment.ts';
import { quote, quoteName } from '../src/factory/warehouse/warehouse.ts';

const [name, ...dropped] = process.argv.slice(2);
if (name === undefined || !/^\d{4}-[a-z-]+$/.test(name))
  throw new Error('give the name of the migration: 0006-some-name');
const shipped = new URL('../shipped/', import.meta.url);
const { features } = JSON.parse(readFileSync(new URL('features.json', shipped), 'utf8')) as FeatureFile;
const folder = new URL('migrations/', shipped);
const others = readdirSync(folder)
  .filter((file) => !file.startsWith(name))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  .join('\n');
const added = features.filter((feature) => !others.includes(`${quoteName(feature.name)} ${feature.type}`));
if (added.length === 0) throw new Error('every shipped feature has its column');
const shippedStill = dropped.filter((column) => features.some((feature) => feature.name === column));
if (shippedStill.length > 0) throw new Error(`shipped features keep their columns: ${shippedStill.join(', ')}`);

const header = `-- Columns of features that came later than the table: ${added.length}. Made from shipped/features.json by tools/makeFeatureMigration.ts.
-- What is read comes last: by then the shards can store the values.${
  dropped.length === 0
    ? ''
    : ` Old ones go in the other order: ${dropped.join(', ')}.
-- Edges may go on sending their values, which are then left out.`
}`;
const alter = (database: string) => `ALTER TABLE ${database}.http_requests_features`;
const embedded = [...shardDatabases, 'shards', 'default'].map((database) => {
  const columns = added.map(
    (feature) =>
      `  ADD COLUMN IF NOT EXISTS ${quoteName(feature.name)} ${feature.type} COMMENT ${quote(writeFeatureComment(feature))}`,
  );
  return `${alter(database)}\n${columns.join(',\n')};`;
});
// A column that is there from an attempt that broke off is no error (migrate.ts).
const server = [...shardDatabases, 'default'].map((database) =>
  added
    .flatMap((feature) => [
      `${alter(database)} ADD COLUMN ${quoteName(feature.name)} ${feature.type};`,
      `${alter(database)} COMMENT COLUMN ${quoteName(feature.name)} ${quote(writeFeatureComment(feature))};`,
    ])
    .join('\n'),
);
const places = ['default', ...shardDatabases.toReversed()];
const drop = (database: string, ifExists: string) =>
  dropped.map((column) => `${alter(database)} DROP COLUMN ${ifExists}${quoteName(column)};`).join('\n');
const embeddedDrops =
  dropped.length === 0
    ? []
    : ['default', 'shards', ...shardDatabases.toReversed()].map((database) => drop(database, 'IF EXISTS '));
const serverDrops = dropped.length === 0 ? [] : places.map((database) => drop(database, ''));
writeFileSync(
  new URL(`${name}.embedded.sql`, folder),
  `${header}\n\n${[...embeddedDrops, ...embedded].join('\n\n')}\n`,
);
writeFileSync(
  new URL(`${name}.server.sql`, folder),
  `${header} Servers before 19\n-- know neither IF NOT EXISTS nor the comment of an added column.\n\n${[...serverDrops, ...server].join('\n\n')}\n`,
);
process.stdout.write(`${added.map((feature) => feature.name).join('\n')}\n`);
