import { addField, type FieldLines, fieldNumber } from '../../http/index.ts';
import { fieldTable, isHopByHop, namedByConnection } from '../exchange/hopByHop.ts';

const via = fieldNumber('via');
const contentLength = fieldNumber('content-length');
const isDropped = isHopByHop.map((drops, number) => drops | fieldTable(['holdfast-error'])[number]!);

/**
 * The fields of the response to the visitor, from the origin's, in its order and case. Trailers are not passed on.
 * `Holdfast-Error` is the edge's own word and never an origin's; 204 has no length (RFC 9110 section 8.6).
 */
export function fieldsToVisitor(fields: FieldLines, status: number): FieldLines {
  const named = namedByConnection(fields);
  const out: FieldLines = { raw: [], numbers: [] };
  const { raw, numbers } = fields;
  for (let line = 0; line < numbers.length; line++) {
    const number = numbers[line]!;
    if (isDropped[number] === 1 || (status === 204 && number === contentLength)) continue;
    const name = raw[line * 2]!;
    if (named?.has(name.toLowerCase()) === true) continue;
    out.raw.push(name, raw[line * 2 + 1]!);
    out.numbers.push(number);
  }
  addField(out, via, 'Via', '1.1 holdfast');
  return out;
}
