import { type Document, isAlias, isNode, isScalar, type Node, parseDocument, visit } from 'yaml';
import { configLimits } from './configLimits.ts';
import { findYamlNesting } from './yamlNesting.ts';

/** A syntax error with its offset into the text. */
export interface YamlProblem {
  readonly offset: number;
  readonly message: string;
}

/** A parsed document: its nodes carry offsets, aliases are resolved by `resolve`. */
export interface YamlSource {
  readonly text: string;
  readonly root: Node | null;
  /** The node an alias stands for; any other node itself. */
  resolve(node: Node): Node;
}

/** Parses one YAML 1.2 document within bounds. Gives the source, or what is wrong with its syntax. Never throws. */
export function parseYaml(text: string): YamlSource | readonly YamlProblem[] {
  const nesting = findYamlNesting(text);
  if (nesting !== undefined) return [nesting];
  let document: Document.Parsed;
  try {
    // The library compares every key with every other (20,000 keys: 2.6 s), so the decoder looks for duplicates itself.
    document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  } catch (cause) {
    return [{ offset: 0, message: `this is no YAML: ${(cause as Error).message}` }];
  }
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    offset: error.pos[0],
    message: explain(error.message),
  }));
  if (problems.length > 0) return firstOfEachLine(text, problems);
  return resolveAliases(text, document);
}

/** Knows what people most often trip over. */
function explain(message: string): string {
  if (message.startsWith('Alias cannot be an empty string')) return 'YAML takes * for an alias; write "*" in quotes';
  if (message.startsWith('Source contains multiple documents'))
    return 'a configuration is one document; remove the ---';
  return message.split('\n')[0]!.replace(/[.:\s]+$/, '');
}

/** One mistake often gives several errors on its line; the first of them tells what it is. */
function firstOfEachLine(text: string, problems: readonly YamlProblem[]): YamlProblem[] {
  const kept: YamlProblem[] = [];
  let lineEnd = -1;
  for (const problem of problems.toSorted((a, b) => a.offset - b.offset)) {
    if (problem.offset <= lineEnd) continue;
    kept.push(problem);
    if (kept.length === configLimits.syntaxProblemsMax) break;
    const end = text.indexOf('\n', problem.offset);
    lineEnd = end < 0 ? text.length : end;
  }
  return kept;
}

function resolveAliases(text: string, document: Document.Parsed): YamlSource | readonly YamlProblem[] {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  const problems: YamlProblem[] = [];
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        const offset = node.range?.[0] ?? 0;
        if (target === undefined) problems.push({ offset, message: `nothing above is named &${node.source}` });
        else targets.set(node, target);
        if (targets.size > configLimits.aliasesMax) {
          problems.push({ offset, message: `more than ${configLimits.aliasesMax} aliases are used` });
          return visit.BREAK;
        }
      } else if ('anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, node);
      return undefined;
    },
  });
  if (problems.length > 0) return firstOfEachLine(text, problems);
  const root = isNode(document.contents) && !isEmpty(document.contents) ? document.contents : null;
  return { text, root, resolve: (node) => targets.get(node) ?? node };
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null && (node.source ?? '') === '';
}
