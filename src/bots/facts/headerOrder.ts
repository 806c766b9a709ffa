import type { RequestHead } from '../../http/requestHead.ts';
import { headerNameFacts } from './headerName.ts';

/*
 * A client's header order: which of the fields that nearly every request of one client has came in which order and in
 * which spelling. Fields that depend on the page, the visit or the kind of request (cookies, referers, client hints,
 * conditions, a script's own) are passed over, and so are values: one client keeps one order, or very few.
 */

const factor = 0x01000193;
const otherFactor = 0x85ebca6b;

/** Grows line by line; begin with `orderStart`. `orderCode` of `headerNameFacts`; 0 for a name that is passed over. */
export function orderWith(order: number, orderCode: number): number {
  if (orderCode === 0) return order;
  // Two mixes of 24 bits each: a number that is exact as a double.
  const high = Math.floor(order / 0x1000000);
  const low = order % 0x1000000;
  const nextHigh = (Math.imul(high ^ orderCode, factor) >>> 7) & 0xffffff;
  const nextLow = (Math.imul(low + (orderCode >>> 3) + 1, otherFactor) >>> 5) & 0xffffff;
  return nextHigh * 0x1000000 + nextLow;
}

/** Orders of HTTP/2, where all names are in lower case and Host and Connection are no fields, are others than HTTP/1.1's. */
export function orderStart(version: RequestHead['version']): number {
  return version === '2' ? 0x2f0b_3c4d : version === '1.1' ? 0x11a7_9e35 : 0x10c3_5d17;
}

/** As the request log and the trace have it: 12 hexadecimal digits. */
export function headerOrderText(order: number): string {
  return order.toString(16).padStart(12, '0');
}

/** Of a head by itself, for example `2b9c41d07a35`. Stable over releases: the log's rows are compared by it. */
export function headerOrderHash({ version, rawHeaders }: Pick<RequestHead, 'version' | 'rawHeaders'>): string {
  return headerOrderText(headerOrder(version, rawHeaders));
}

export function headerOrder(version: RequestHead['version'], rawHeaders: readonly string[]): number {
  let order = orderStart(version);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    order = orderWith(order, headerNameFacts(rawHeaders[index]!).orderCode);
  }
  return order;
}
