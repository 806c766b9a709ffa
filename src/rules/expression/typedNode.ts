import type { Network } from '../../address/index.ts';
import type { Pattern } from './pattern.ts';
import type { FieldName, ValueType } from './vocabulary.ts';

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';
export type StringTest = 'startsWith' | 'endsWith' | 'contains';

/** An expression after checking: every name resolved, every type known, every pattern compiled. */
export type TypedNode = { readonly type: ValueType } & (
  | { readonly kind: 'literal'; readonly value: boolean | number | string }
  | { readonly kind: 'field'; readonly field: FieldName }
  /** `name` is lower case, as in `RequestHead.headers`. */
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'has-header'; readonly name: string }
  | { readonly kind: 'not' | 'negate' | 'size' | 'lowerAscii' | 'upperAscii'; readonly operand: TypedNode }
  | { readonly kind: 'and' | 'or'; readonly left: TypedNode; readonly right: TypedNode }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: TypedNode; readonly right: TypedNode }
  | { readonly kind: 'arithmetic'; readonly operator: Arithmetic; readonly left: TypedNode; readonly right: TypedNode }
  | { readonly kind: 'choose'; readonly condition: TypedNode; readonly yes: TypedNode; readonly no: TypedNode }
  | { readonly kind: 'in-list'; readonly needle: TypedNode; readonly items: readonly TypedNode[] }
  /** `needle in bot.heuristics` */
  | { readonly kind: 'in-strings'; readonly needle: TypedNode; readonly strings: TypedNode }
  | { readonly kind: 'in-network'; readonly subject: TypedNode; readonly network: Network }
  | {
      readonly kind: 'string-test';
      readonly test: StringTest;
      readonly subject: TypedNode;
      readonly argument: TypedNode;
    }
  | { readonly kind: 'matches'; readonly subject: TypedNode; readonly pattern: Pattern }
);

/** The nodes right below, in order. */
export function childrenOf(node: TypedNode): readonly TypedNode[] {
  switch (node.kind) {
    case 'literal':
    case 'field':
    case 'header':
    case 'has-header':
      return [];
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
      return [node.left, node.right];
    case 'choose':
      return [node.condition, node.yes, node.no];
    case 'in-list':
      return [node.needle, ...node.items];
    case 'in-strings':
      return [node.needle, node.strings];
    case 'in-network':
    case 'matches':
      return [node.subject];
    case 'string-test':
      return [node.subject, node.argument];
    default:
      return [node.operand];
  }
}
