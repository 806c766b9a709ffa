import { STATUS_CODES } from 'node:http';
import type { Exchange } from './listen/exchange.ts';

/**
 * An answer that the edge itself makes: short honest text and, where something went wrong, `Holdfast-Error` with a word
 * from the closed lists. `respondWhole` leaves the body out for HEAD.
 */
export function answerText(exchange: Exchange, status: number, body: string, error: string | null): void {
  const headers = [
    'Content-Type',
    'text/plain; charset=utf-8',
    'Content-Length',
    String(Buffer.byteLength(body)),
    'Cache-Control',
    'no-store',
    'Via',
    '1.1 holdfast',
  ];
  if (error !== null) headers.push('Holdfast-Error', error);
  exchange.respondWhole({ status, statusText: STATUS_CODES[status] ?? '', headers }, body);
}
