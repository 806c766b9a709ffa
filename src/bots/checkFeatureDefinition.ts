import type { Finding } from '../contract/finding.ts';
import type { FeatureDefinition } from '../contract/kinds/featureFile.ts';
import { extractors } from './extractors/registry.ts';
import { botLimits } from './facts/limits.ts';
import { CheckedParameters, type Extractor, type ParameterSpec, type ParameterValue } from './request/extractor.ts';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/**
 * Whether the extractor is known and takes these parameters; every problem, not the first. Name, type, range and default
 * are checked by the feature file's validator in `bundles/`.
 */
export function checkFeatureDefinition(definition: FeatureDefinition): Finding[] {
  const extractor = extractors.get(definition.extractor);
  if (extractor === undefined) {
    const message = `Feature ${definition.name} names the extractor ${definition.extractor}, which this version does not have; use one of its own or update the software first.`;
    return [{ reason: 'feature-extractor-unknown', message, names: [definition.name] }];
  }
  return parameterProblems(extractor, definition.parameters).map((problem) => ({
    reason: 'feature-parameter-invalid',
    message: `Feature ${definition.name}, extractor ${extractor.name}: ${problem}.`,
    names: [definition.name],
  }));
}

/** Fills in fallbacks. Call only with parameters that `checkFeatureDefinition` passed. */
export function checkedParameters(extractor: Extractor, given: FeatureDefinition['parameters']): CheckedParameters {
  const values = new Map<string, ParameterValue>();
  for (const [name, spec] of Object.entries(extractor.parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : spec.fallback;
    if (value !== undefined) values.set(name, value);
  }
  return new CheckedParameters(values);
}

function parameterProblems(extractor: Extractor, given: FeatureDefinition['parameters']): string[] {
  const names = Object.keys(given);
  if (names.length > botLimits.parametersMax) {
    return [`it has ${names.length} parameters; at most ${botLimits.parametersMax} are read`];
  }
  const problems: string[] = [];
  for (const name of names) {
    if (!Object.hasOwn(extractor.parameters, name)) problems.push(`the parameter ${name} is unknown`);
  }
  for (const [name, spec] of Object.entries(extractor.parameters)) {
    if (Object.hasOwn(given, name)) {
      const problem = valueProblem(spec, given[name]);
      if (problem !== null) problems.push(`the parameter ${name} ${problem}`);
    } else if (spec.fallback === undefined) problems.push(`the parameter ${name} is missing`);
  }
  return problems;
}

function valueProblem(spec: ParameterSpec, value: unknown): string | null {
  switch (spec.kind) {
    case 'header-name':
      return typeof value === 'string' && token.test(value) ? null : 'must be a header name';
    case 'text':
      return isShortText(value) ? null : `must be a text of 1 to ${botLimits.parameterTextCharsMax} characters`;
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false';
    case 'number':
      return typeof value === 'number' && value >= spec.min && value <= spec.max
        ? null
        : `must be a number from ${spec.min} to ${spec.max}`;
    case 'header-names':
      return isShortList(value, (item) => typeof item === 'string' && token.test(item))
        ? null
        : `must be a list of 1 to ${botLimits.parameterListMax} header names`;
    case 'texts':
      return isShortList(value, isShortText)
        ? null
        : `must be a list of 1 to ${botLimits.parameterListMax} texts of 1 to ${botLimits.parameterTextCharsMax} characters`;
  }
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= botLimits.parameterTextCharsMax;
}

function isShortList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= botLimits.parameterListMax && value.every(isItem);
}
