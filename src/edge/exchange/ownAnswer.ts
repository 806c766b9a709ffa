import { STATUS_CODES } from 'node:http';
import { addField, type FieldLines, fieldNumber } from '../../http/index.ts';
import type { ResponseHead } from './bodies.ts';
import type { Exchange } from './exchange.ts';

/**
 * An answer that the edge itself makes: short honest text and, where something went wrong, `Holdfast-Error` with a word
 * from the closed lists.
 */
export function ownAnswer(
  status: number,
  body: string,
  error: string | null,
  contentType = 'text/plain; charset=utf-8',
): { readonly head: ResponseHead; readonly body: string } {
  const fields: FieldLines = { raw: [], numbers: [] };
  addField(fields, fieldNumber('content-type'), 'Content-Type', contentType);
  addField(fields, fieldNumber('content-length'), 'Content-Length', String(Buffer.byteLength(body)));
  addField(fields, fieldNumber('cache-control'), 'Cache-Control', 'no-store');
  addField(fields, fieldNumber('via'), 'Via', '1.1 holdfast');
  if (error !== null) addField(fields, fieldNumber('holdfast-error'), 'Holdfast-Error', error);
  return { head: { status, reason: STATUS_CODES[status] ?? '', fields }, body };
}

/** The same, sent at once; `respondWhole` leaves the body out for HEAD. */
export function answerText(
  exchange: Exchange,
  status: number,
  body: string,
  error: string | null,
  contentType?: string,
  further?: FieldLines,
): void {
  const answer = ownAnswer(status, body, error, contentType);
  if (further !== undefined) {
    answer.head.fields.raw.push(...further.raw);
    answer.head.fields.numbers.push(...further.numbers);
  }
  exchange.respondWhole(answer.head, answer.body);
}
