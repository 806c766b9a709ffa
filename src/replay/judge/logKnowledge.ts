import type { FeatureDefinition, FeatureFile } from '../../contract/kinds/featureFile.ts';

/*
 * What an access log suffices for. Whatever is not listed here is unknown: a new extractor is so until somebody has thought
 * about it. Unknown is not zero, and not missing either: to the forest a missing value says that the header was not sent.
 * `user-agent-age` and `-major` are left out because a log may be of any year: Chrome 32 was new when it was written.
 */
const sufficient: ReadonlySet<string> = new Set([
  'method',
  'http-version',
  'referer-sense',
  'path-length',
  'path-depth',
  'path-entropy',
  'path-escape-share',
  'path-extension',
  'path-probe',
  'path-starts-with',
  'query-length',
  'query-parameters',
  'query-parameter-present',
  'user-agent-length',
  'user-agent-tokens',
  'user-agent-family',
  'user-agent-platform',
  'user-agent-is-mobile',
  'user-agent-is-library',
  'user-agent-automation-words',
  'user-agent-oddities',
  'window-requests-10s',
  'window-requests-60s',
  'window-documents-60s',
  'window-distinct-paths',
  'window-distinct-path-share',
  'window-asset-share',
  'window-distinct-user-agents',
  'window-error-share',
  'window-interval-variation',
  'window-known-referer-share',
  'window-age',
]);

/** Of the heuristics: those that read the user agent alone. */
const sufficientHeuristics: ReadonlySet<string> = new Set(['tool-user-agent', 'crawler-user-agent']);

/** One entry per feature: whether a log tells it. */
export function knownOfLog(file: FeatureFile): readonly boolean[] {
  return file.features.map(isKnown);
}

export function isHeuristicOfLog(id: string): boolean {
  return sufficientHeuristics.has(id);
}

function isKnown({ extractor, parameters }: FeatureDefinition): boolean {
  if (sufficient.has(extractor)) return true;
  // Of the headers a log has two. Presence alone: the one that stands for the other is not worth a rule.
  const { header } = parameters;
  return (
    extractor === 'header-present' &&
    typeof header === 'string' &&
    ['referer', 'user-agent'].includes(header.toLowerCase())
  );
}
