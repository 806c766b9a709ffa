import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import { limits } from '../contract/limits.ts';
import { type FindingList, quote, quoteSome } from './findingList.ts';
import { checkForest, modelOutputMax } from './forest.ts';
import { featureNamePattern } from './names.ts';
import { exactFile, isFiniteNumber, isString, refuse, repeatedNames } from './shape.ts';

const numberLists = ['roots', 'feature', 'threshold', 'left', 'right', 'missingRight'] as const;
type NumberLists = Readonly<Record<(typeof numberLists)[number], readonly number[]>>;

/** Reads a model strictly. `features` is the feature file in force, whose names the model may use. */
export function decodeModel(
  value: unknown,
  features: FeatureFile | undefined,
  findings: FindingList,
): ModelFile | undefined {
  const file = exactFile(value, ['name', 'features', 'bias', ...numberLists], findings);
  if (file === undefined) return undefined;
  const { name, bias } = file;
  if (!isString(name, 1, 100)) refuse(findings, 'The name of the model must be text of 1 to 100 characters.');
  if (!isFiniteNumber(bias) || Math.abs(bias) > modelOutputMax) {
    refuse(findings, `The bias must be a number from -${modelOutputMax} to ${modelOutputMax}.`);
  }
  const names = decodeNames(file.features, findings);
  if (names !== undefined) checkNames(names, features, findings);
  const lists = decodeLists(file, findings);
  if (lists === undefined || names === undefined) return undefined;
  checkSize(lists, names, findings);
  // Only a forest of bounded size is walked.
  if (findings.isEmpty) checkForest(lists, names.length, findings);
  if (!findings.isEmpty) return undefined;
  return { schema: 1, name: name as string, features: names, bias: bias as number, ...lists };
}

function decodeNames(value: unknown, findings: FindingList): readonly string[] | undefined {
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) {
    return refuse(findings, '"features" must be a list of names.');
  }
  const bad = value.filter((name) => name.length > limits.featureNameCharsMax || !featureNamePattern.test(name));
  if (bad.length > 0) {
    const names = bad.map((name: string) => name.slice(0, 200));
    findings.add({ reason: 'feature-name-invalid', message: `The model names ${quoteSome(names)}.`, names });
  }
  return value;
}

function checkNames(names: readonly string[], file: FeatureFile | undefined, findings: FindingList): void {
  const repeated = repeatedNames(names);
  if (repeated.length > 0) {
    const message = `The model lists ${repeated.length} features more than once: ${quoteSome(repeated)}.`;
    findings.add({ reason: 'model-feature-duplicate', message, names: repeated, value: repeated.length, limit: 0 });
  }
  if (file === undefined) return;
  const known = new Set(file.features.map((feature) => feature.name));
  const missing = [...new Set(names)].filter((name) => !known.has(name));
  if (missing.length === 0) return;
  const message = `The model reads ${missing.length} features that the feature file in force lacks: ${quoteSome(missing)}. Publish a feature file with them first.`;
  findings.add({ reason: 'model-feature-missing', message, names: missing, value: missing.length, limit: 0 });
}

function decodeLists(file: Readonly<Record<string, unknown>>, findings: FindingList): NumberLists | undefined {
  const bad = numberLists.filter((key) => !Array.isArray(file[key]) || !file[key].every((n) => typeof n === 'number'));
  if (bad.length === 0) return Object.fromEntries(numberLists.map((key) => [key, file[key]])) as NumberLists;
  return refuse(findings, `These must be lists of numbers: ${bad.map(quote).join(', ')}.`);
}

function checkSize(lists: NumberLists, names: readonly string[], findings: FindingList): void {
  const bounds = [
    ['trees', lists.roots.length, limits.modelTreesMax],
    ['nodes', lists.feature.length, limits.modelNodesMax],
    ['features', names.length, limits.featuresMax],
  ] as const;
  for (const [what, value, limit] of bounds) {
    if (value === 0) findings.add({ reason: 'model-empty', message: `The model has no ${what}.`, value: 0, limit: 1 });
    if (value <= limit) continue;
    const message = `The model has ${value} ${what}; at most ${limit} are allowed.`;
    findings.add({ reason: 'model-too-large', message, value, limit });
  }
}
