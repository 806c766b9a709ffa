import { STATUS_CODES } from 'node:http';
import { type Rejection, rejections } from '../../contract/reasons/answerReasons.ts';
import { httpDate } from './httpDate.ts';

/** The whole answer to what is turned away; its connection ends with it. */
export function rejectionText(reason: Rejection): string {
  const { status, says } = rejections[reason];
  const body = `${says}\n`;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    `Holdfast-Error: ${reason}`,
    'Via: 1.1 holdfast',
    `Date: ${httpDate()}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
