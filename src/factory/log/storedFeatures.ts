import { type FeatureType, featureTypes } from '../../contract/kinds/featureFile.ts';
import { readFeatureComment } from '../warehouse/featureComment.ts';
import { featuresDatabase, featuresTable } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { featureKeyColumns, type StoredFeature } from './logRows.ts';

export interface StoredFeatures {
  readonly features: readonly StoredFeature[];
  /** Columns that no feature file could have: somebody's own. They get their defaults, as any column that is not named. */
  readonly strangers: readonly string[];
}

/** Which columns of the table take values of features, now. Read for each block, 10 ms: a column added a second ago is filled. */
export async function storedFeatures(warehouse: Warehouse): Promise<StoredFeatures> {
  const features: StoredFeature[] = [];
  const strangers: string[] = [];
  for (const { name, type, comment } of await warehouse.readColumns(featuresTable, featuresDatabase)) {
    const read = readFeatureComment(comment);
    if (typeof read === 'string' || !isFeatureType(type) || keyNames.has(name)) strangers.push(name);
    else features.push({ name, type, default: read.default });
  }
  return { features, strangers };
}

const keyNames: ReadonlySet<string> = new Set(featureKeyColumns);

function isFeatureType(type: string): type is FeatureType {
  return (featureTypes as readonly string[]).includes(type);
}
