import { STATUS_CODES } from 'node:http';
import type { RedirectTarget } from '../../bundles/index.ts';
import { addField, type FieldLines, fieldNumber } from '../../http/index.ts';
import type { Exchange } from './exchange.ts';

/**
 * An answer that the edge itself makes: short honest text and, where something went wrong, `Holdfast-Error` with a word
 * from the closed lists. `respondWhole` leaves the body out for HEAD.
 */
export function answerText(
  exchange: Exchange,
  status: number,
  body: string,
  error: string | null,
  contentType = 'text/plain; charset=utf-8',
): void {
  const fields: FieldLines = { raw: [], numbers: [] };
  addField(fields, fieldNumber('content-type'), 'Content-Type', contentType);
  addField(fields, fieldNumber('content-length'), 'Content-Length', String(Buffer.byteLength(body)));
  addField(fields, fieldNumber('cache-control'), 'Cache-Control', 'no-store');
  addField(fields, fieldNumber('via'), 'Via', '1.1 holdfast');
  if (error !== null) addField(fields, fieldNumber('holdfast-error'), 'Holdfast-Error', error);
  exchange.respondWhole({ status, reason: STATUS_CODES[status] ?? '', fields }, body);
}

/** Sends the visitor elsewhere, in a site's name. */
export function answerRedirect(exchange: Exchange, { status, location }: RedirectTarget): void {
  const fields: FieldLines = { raw: [], numbers: [] };
  addField(fields, fieldNumber('location'), 'Location', location);
  addField(fields, fieldNumber('content-length'), 'Content-Length', '0');
  addField(fields, fieldNumber('via'), 'Via', '1.1 holdfast');
  exchange.respondWhole({ status, reason: STATUS_CODES[status] ?? '', fields }, '');
}
