import type { Checker } from './checker.ts';
import type { CelExpression } from './parseExpression.ts';
import type { TypedNode } from './typedNode.ts';
import { named, type ValueType } from './vocabulary.ts';

/** The node if its type is one of `types`; otherwise a report. Passes an already reported node on. */
export function expectType(
  checker: Checker,
  at: CelExpression,
  checked: TypedNode | undefined,
  types: readonly ValueType[],
  where: string,
): TypedNode | undefined {
  if (checked === undefined || types.includes(checked.type)) return checked;
  const wanted = types.includes('int') ? 'a number' : named[types[0]!];
  return checker.report(at, `${where} needs ${wanted}, this is ${named[checked.type]}`);
}
