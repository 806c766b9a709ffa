import { checkFeatureDefinition } from '../bots/index.ts';
import type { Companions } from '../contract/bundleKind.ts';
import {
  type FeatureDefinition,
  type FeatureFile,
  type FeatureType,
  featureTypes,
} from '../contract/kinds/featureFile.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import { limits } from '../contract/limits.ts';
import { type FindingList, quote, quoteSome } from './findingList.ts';
import { featureNamePattern } from './names.ts';
import { exactFile, exactObject, isFiniteNumber, isString, refuse, repeatedNames } from './shape.ts';

const parameterNamePattern = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
export const parametersMax = 32;
export const parameterCharsMax = 1_024;
export const parameterItemsMax = 256;

/** What the column type can store; Float32 takes what is finite as float32. */
const typeRanges: Readonly<Record<FeatureType, readonly [number, number]>> = {
  UInt8: [0, 2 ** 8 - 1],
  UInt16: [0, 2 ** 16 - 1],
  UInt32: [0, 2 ** 32 - 1],
  Int32: [-(2 ** 31), 2 ** 31 - 1],
  Float32: [-3.4028234663852886e38, 3.4028234663852886e38],
};

/** Reads a feature file strictly. Returns it only when no finding was added. */
export function decodeFeatures(value: unknown, companions: Companions, findings: FindingList): FeatureFile | undefined {
  const file = exactFile(value, ['features'], findings);
  if (file === undefined) return undefined;
  if (!Array.isArray(file.features)) return refuse(findings, '"features" must be a list.');
  checkCount(file.features.length, findings);
  const features = file.features.map((feature, index) => decodeFeature(feature, index, findings));
  const names = file.features.map(nameOf).filter((name) => name !== undefined);
  checkDuplicates(names, findings);
  checkAgainstLast(new Set(names), companions, findings);
  checkModelInForce(new Set(names), companions.model, findings);
  if (!findings.isEmpty) return undefined;
  return { schema: 1, features: features as FeatureDefinition[] };
}

function checkCount(count: number, findings: FindingList): void {
  const limit = limits.featuresMax;
  if (count === 0) {
    findings.add({ reason: 'features-empty', message: 'The feature file has no features.', value: 0, limit: 1 });
  }
  if (count > limit) {
    const message = `The feature file has ${count} features; at most ${limit} are allowed.`;
    findings.add({ reason: 'features-too-many', message, value: count, limit });
  }
}

function decodeFeature(value: unknown, index: number, findings: FindingList): FeatureDefinition | undefined {
  const name = nameOf(value);
  const where = name === undefined ? `Feature ${index}` : `Feature ${quote(name)}`;
  const keys = ['name', 'type', 'extractor', 'parameters', 'range', 'default'] as const;
  const feature = exactObject(value, keys, where, findings);
  if (feature === undefined) return undefined;
  if (name === undefined) return refuse(findings, `${where}: the name must be text.`);
  checkName(name, findings);
  const type = decodeType(feature.type, where, findings);
  const range = decodeRange(feature.range, type, where, findings);
  const fallback = decodeDefault(feature.default, range, where, findings);
  const parameters = decodeParameters(feature.parameters, where, findings);
  const { extractor } = feature;
  if (!isString(extractor, 1, 64)) return refuse(findings, `${where}: the extractor must be a name.`);
  if (type === undefined || range === undefined || fallback === undefined || parameters === undefined) return undefined;
  const definition: FeatureDefinition = { name, type, extractor, parameters, range, default: fallback };
  findings.addAll(checkFeatureDefinition(definition));
  return definition;
}

function nameOf(value: unknown): string | undefined {
  const name = typeof value === 'object' && value !== null ? (value as { name?: unknown }).name : undefined;
  return typeof name === 'string' ? name : undefined;
}

function checkName(name: string, findings: FindingList): void {
  if (name.length <= limits.featureNameCharsMax && featureNamePattern.test(name)) return;
  const message = `${quote(name)} is no feature name: a letter, then letters, digits and _, at most ${limits.featureNameCharsMax} in all.`;
  findings.add({ reason: 'feature-name-invalid', message, names: [name.slice(0, 200)] });
}

function decodeType(type: unknown, where: string, findings: FindingList): FeatureType | undefined {
  const known = featureTypes.find((candidate) => candidate === type);
  if (known !== undefined) return known;
  if (typeof type !== 'string') return refuse(findings, `${where}: the type must be text.`);
  const message = `${where} has type ${quote(type)}; known are ${featureTypes.join(', ')}.`;
  findings.add({ reason: 'feature-type-unknown', message });
  return undefined;
}

function decodeRange(
  range: unknown,
  type: FeatureType | undefined,
  where: string,
  findings: FindingList,
): readonly [number, number] | undefined {
  const isPair = Array.isArray(range) && range.length === 2 && range.every((bound) => typeof bound === 'number');
  if (!isPair) return refuse(findings, `${where}: the range must be [min, max].`);
  const [min, max] = range as [number, number];
  const [typeMin, typeMax] = typeRanges[type ?? 'Float32'];
  // Compared as float32, as they will be used: two bounds that only differ behind that are one.
  if (Math.fround(min) < Math.fround(max) && min >= typeMin && max <= typeMax) return [min, max];
  const message = `${where} has range [${min}, ${max}]; min must be below max and both within ${type ?? 'Float32'}'s own range.`;
  findings.add({ reason: 'feature-range-invalid', message });
  return undefined;
}

/** null is a good default (missing stays missing); undefined says that a finding was added or the range is unknown. */
function decodeDefault(
  value: unknown,
  range: readonly [number, number] | undefined,
  where: string,
  findings: FindingList,
): number | null | undefined {
  if (value === null) return null;
  if (typeof value !== 'number') return refuse(findings, `${where}: the default must be a number or null.`);
  if (range === undefined) return undefined;
  if (value >= range[0] && value <= range[1]) return value;
  const message = `${where} has default ${value}, outside its range [${range[0]}, ${range[1]}].`;
  findings.add({ reason: 'feature-default-outside-range', message, value });
  return undefined;
}

function decodeParameters(
  value: unknown,
  where: string,
  findings: FindingList,
): FeatureDefinition['parameters'] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(findings, `${where}: the parameters must be an object.`);
  }
  const entries = Object.entries(value);
  const isGood =
    entries.length <= parametersMax &&
    entries.every(([name, parameter]) => parameterNamePattern.test(name) && isParameter(parameter));
  if (isGood) return value as FeatureDefinition['parameters'];
  return refuse(
    findings,
    `${where}: at most ${parametersMax} parameters, each a finite number, true or false, text of at most ${parameterCharsMax} characters, or a list of at most ${parameterItemsMax} such texts.`,
  );
}

function isParameter(value: unknown): boolean {
  if (typeof value === 'boolean' || isFiniteNumber(value) || isString(value, 0, parameterCharsMax)) return true;
  if (!Array.isArray(value) || value.length > parameterItemsMax) return false;
  return value.every((item) => isString(item, 0, parameterCharsMax));
}

/** The finding of 18 November 2025: a database read twice gives every name twice. All of them are listed. */
function checkDuplicates(names: readonly string[], findings: FindingList): void {
  const repeated = repeatedNames(names);
  if (repeated.length === 0) return;
  const message = `${repeated.length} feature names stand in the file more than once: ${quoteSome(repeated)}. Was more than one database read?`;
  findings.add({ reason: 'feature-name-duplicate', message, names: repeated, value: repeated.length, limit: 0 });
}

/**
 * Compares distinct names with the last file's. One name may always come or go, however short the file is. A query that
 * went wrong invents no shipped name, so those may come all at once.
 */
function checkAgainstLast(
  names: ReadonlySet<string>,
  { features: last, shipped: comesWith }: Companions,
  findings: FindingList,
): void {
  if (last === undefined || last.features.length === 0) return;
  const before = new Set(last.features.map((feature) => feature.name));
  const shipped = new Set(comesWith?.features?.features.map((feature) => feature.name));
  const lost = [...before].filter((name) => !names.has(name));
  const gained = [...names].filter((name) => !before.has(name) && !shipped.has(name));
  const lostMax = Math.max(1, Math.floor(before.size * limits.featuresShrinkShareMax));
  const gainedMax = Math.max(1, Math.floor(before.size * limits.featuresGrowShareMax));
  if (lost.length > lostMax) {
    const message = `${lost.length} of the ${before.size} features in force are gone; one file may drop at most ${lostMax}. Go in smaller steps.`;
    findings.add({ reason: 'features-shrunk', message, names: lost, value: lost.length, limit: lostMax });
  }
  if (gained.length > gainedMax) {
    const message = `${gained.length} features that are not shipped are new beside the ${before.size} in force; one file may add at most ${gainedMax}. Go in smaller steps.`;
    findings.add({ reason: 'features-grown', message, names: gained, value: gained.length, limit: gainedMax });
  }
}

function checkModelInForce(names: ReadonlySet<string>, model: ModelFile | undefined, findings: FindingList): void {
  const missing = (model?.features ?? []).filter((name) => !names.has(name));
  if (missing.length === 0) return;
  const message = `The model in force (${quote(model!.name)}) reads ${missing.length} features that the file lacks: ${quoteSome(missing)}. Publish a model without them first.`;
  findings.add({ reason: 'model-feature-missing', message, names: missing, value: missing.length, limit: 0 });
}
