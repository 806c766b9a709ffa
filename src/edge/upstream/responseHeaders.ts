import { isHopByHop, namedByConnection } from './hopByHop.ts';

/**
 * The headers of the response to the visitor as name, value, name, value …, from the origin's, in its order and case.
 * Trailers are not passed on. `Holdfast-Error` is the edge's own word and never an origin's.
 */
export function headersToVisitor(rawHeaders: readonly string[]): string[] {
  const named = namedByConnection(rawHeaders);
  const out: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    const lower = name.toLowerCase();
    if (isHopByHop(lower)) continue;
    if (lower === 'holdfast-error' || named?.has(lower) === true) continue;
    out.push(name, rawHeaders[index + 1]!);
  }
  out.push('Via', '1.1 holdfast');
  return out;
}
