import type { Finding } from '../../contract/finding.ts';
import type { FeatureDefinition, FeatureFile, FeatureType } from '../../contract/kinds/featureFile.ts';
import { limits } from '../../contract/limits.ts';
import { readFeatureComment } from '../warehouse/featureComment.ts';
import type { ColumnReading } from '../warehouse/warehouse.ts';

/**
 * Makes the feature file out of one reading of `system.columns`, in the reading's order. What cannot be read from a
 * column is a finding that names it. The file is not yet valid: duplicates, counts, types and ranges are the business of
 * the one validator, which sees exactly what was read.
 */
export function buildFeatureFile(columns: readonly ColumnReading[]): { file: FeatureFile; findings: Finding[] } {
  const features: FeatureDefinition[] = [];
  const findings: Finding[] = [];
  for (const { database, name, type, comment } of columns) {
    const read = readFeatureComment(comment);
    if (typeof read === 'string') {
      if (findings.length < limits.findingsMax) {
        findings.push({
          reason: 'schema-invalid',
          message: `column ${database}.http_requests_features.${name} ${read}`,
          names: [name],
        });
      }
    } else {
      features.push({ name, type: type as FeatureType, ...read });
    }
  }
  return { file: { schema: 1, features }, findings };
}

/** What two readings, taken one right after the other, say differently; empty when they agree. */
export function compareReadings(first: readonly ColumnReading[], second: readonly ColumnReading[]): Finding[] {
  const key = (column: ColumnReading) => JSON.stringify([column.database, column.name, column.type, column.comment]);
  const firstKeys = first.map(key);
  const secondKeys = second.map(key);
  if (firstKeys.join('\n') === secondKeys.join('\n')) return [];
  const [inFirst, inSecond] = [new Set(firstKeys), new Set(secondKeys)];
  const differing = [
    ...first.filter((column) => !inSecond.has(key(column))),
    ...second.filter((column) => !inFirst.has(key(column))),
  ];
  const names = [...new Set(differing.map((column) => column.name))].slice(0, limits.namesPerFindingMax);
  return [
    {
      reason: 'readings-disagree',
      message:
        `two readings of system.columns, one right after the other, differ (${first.length} and ${second.length} rows): ` +
        `replicas or grants are being changed; the file is made when they agree`,
      names,
      value: second.length,
      limit: first.length,
    },
  ];
}

/** The payload's bytes: the same features always make the same bytes, which is how "unchanged" is told. */
export function encodeFeatureFile(file: FeatureFile): Uint8Array {
  const features = file.features.map(({ name, type, extractor, parameters, range, default: default_ }) => ({
    name,
    type,
    extractor,
    parameters: Object.fromEntries(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))),
    range,
    default: default_,
  }));
  return Buffer.from(JSON.stringify({ schema: 1, features }));
}
