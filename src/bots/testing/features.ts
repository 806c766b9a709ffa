import { readFileSync } from 'node:fs';
import type { FeatureDefinition, FeatureFile } from '../../contract/kinds/featureFile.ts';
import type { RequestHead } from '../../http/index.ts';
import { ClientWindows } from '../clients/clientWindows.ts';
import { compileFeatures, type FeatureSet } from '../featureSet.ts';

/** What the software ships with. */
export function shippedFeatures(): FeatureFile {
  return JSON.parse(readFileSync(new URL('../../../shipped/features.json', import.meta.url), 'utf8')) as FeatureFile;
}

/** A definition with nothing special about it. */
export function definition(extractor: string, changes: Partial<FeatureDefinition> = {}): FeatureDefinition {
  return {
    name: extractor.replaceAll('-', '_'),
    type: 'Float32',
    extractor,
    parameters: {},
    range: [-1e9, 1e9],
    default: null,
    ...changes,
  };
}

/** The vector of a client's first request, by name. */
export function vectorOf(features: FeatureSet, head: RequestHead): Record<string, number> {
  const vector = new Float32Array(features.size);
  features.fill(head, new ClientWindows({ clientsMax: 1 }).observe(head, 0), vector);
  return Object.fromEntries(features.names.map((name, index) => [name, vector[index]!]));
}

/** One extractor's number for a client's first request. */
export function extract(
  extractor: string,
  head: RequestHead,
  parameters: FeatureDefinition['parameters'] = {},
): number {
  const features = compileFeatures({ schema: 1, features: [definition(extractor, { parameters })] });
  return vectorOf(features, head)[features.names[0]!]!;
}
