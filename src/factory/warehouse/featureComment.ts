import type { FeatureDefinition } from '../../contract/kinds/featureFile.ts';
import { warehouseLimits } from './limits.ts';

/** What a feature column's comment says as JSON; name and type are the column's own. */
export type FeatureComment = Pick<FeatureDefinition, 'extractor' | 'parameters' | 'range' | 'default'>;

export function writeFeatureComment(feature: FeatureComment): string {
  const { extractor, parameters, range, default: default_ } = feature;
  return JSON.stringify({ extractor, parameters, range, default: default_ });
}

/**
 * Reads a comment's shape alone; whether the extractor exists and the range makes sense is the validator's to say, in
 * the same words for factory and edge. The error ends a sentence that begins with the column's name.
 */
export function readFeatureComment(comment: string): FeatureComment | string {
  if (comment === '') return 'has no comment; a feature column says {"extractor", "parameters", "range", "default"}';
  if (comment.length > warehouseLimits.commentCharsMax)
    return `has a comment over ${warehouseLimits.commentCharsMax} characters`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(comment);
  } catch (error) {
    return `has a comment that is not JSON (${(error as Error).message})`;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return 'has a comment that is no JSON object';
  const { extractor, parameters = {}, range, default: default_ = null, ...unknown } = parsed as Record<string, unknown>;
  const strangers = Object.keys(unknown);
  if (strangers.length > 0) return `has a comment with unknown keys: ${strangers.slice(0, 10).join(', ')}`;
  if (typeof extractor !== 'string') return 'has a comment without "extractor"';
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    return 'has a comment whose "parameters" is no object';
  }
  if (!Array.isArray(range) || range.length !== 2 || !range.every((end) => typeof end === 'number')) {
    return 'has a comment whose "range" is not [min, max]';
  }
  if (default_ !== null && typeof default_ !== 'number')
    return 'has a comment whose "default" is neither number nor null';
  return {
    extractor,
    parameters: parameters as FeatureComment['parameters'],
    range: range as unknown as FeatureComment['range'],
    default: default_,
  };
}
