import type { CelExpression } from './parseExpression.ts';

/** `a.b.c` for a chain of selects from an identifier; undefined for a select from anything else or a chain too long to be one of ours. */
export function dottedPath(node: CelExpression): string | undefined {
  const names: string[] = [];
  let current: CelExpression | undefined = node;
  while (current?.exprKind.case === 'selectExpr') {
    names.unshift(current.exprKind.value.field);
    current = current.exprKind.value.operand;
    if (names.length > 8) return undefined;
  }
  if (current?.exprKind.case !== 'identExpr') return undefined;
  names.unshift(current.exprKind.value.name);
  return names.join('.');
}

/** The leftmost name of a chain, where a person looks for it; the parser puts a select at its dot. */
export function firstName(node: CelExpression): CelExpression {
  let current = node;
  while (current.exprKind.case === 'selectExpr' && current.exprKind.value.operand !== undefined) {
    current = current.exprKind.value.operand;
  }
  return current;
}
