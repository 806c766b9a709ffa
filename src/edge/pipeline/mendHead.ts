import { addField, type FieldLines, fieldNumber } from '../../http/index.ts';
import type { ResponseHead } from '../exchange/bodies.ts';
import type { BodyTransform } from './bodyTransform.ts';

const contentLength = fieldNumber('content-length');
const etag = fieldNumber('etag');

/** What speaks of these very octets (RFC 9110 section 8.6 and 14.3, RFC 9530): not true of others. */
const ofTheseOctets: ReadonlySet<string> = new Set([
  'content-length',
  'accept-ranges',
  'content-md5',
  'digest',
  'content-digest',
]);
/** What speaks of the representation: gone when it is another one. */
const ofThisContent: ReadonlySet<string> = new Set([...ofTheseOctets, 'repr-digest']);

/**
 * The head of an answer whose body a module changes, the one place where that is mended: no length or digest that is not
 * true any more, no ranges of what is made on the way, and a strong ETag becomes a weak one (RFC 9110 section 8.8.1).
 */
export function mendHead(head: ResponseHead, changes: BodyTransform['changes']): ResponseHead {
  if (changes === 'nothing') return head;
  const { raw, numbers } = head.fields;
  const gone = changes === 'content' ? ofThisContent : ofTheseOctets;
  const fields: FieldLines = { raw: [], numbers: [] };
  for (let line = 0; line < numbers.length; line++) {
    const name = raw[line * 2]!;
    const value = raw[line * 2 + 1]!;
    const number = numbers[line]!;
    if (number === contentLength || gone.has(name.toLowerCase())) continue;
    const isStrong = number === etag && !value.startsWith('W/');
    addField(fields, number, name, isStrong ? `W/${value}` : value);
  }
  return { ...head, fields };
}

/** A part of a representation cannot be made into a part of another one. */
export function isPart({ status, fields }: ResponseHead): boolean {
  return status === 206 || fields.numbers.includes(fieldNumber('content-range'));
}
