import type { RequestHead } from '../../http/requestHead.ts';
import { headerNameFacts } from './headerName.ts';

/*
 * A client's header order: which of the fields that nearly every request of one client has came in which order and in
 * which spelling. Fields that depend on the page, the visit or the kind of request (cookies, referers, client hints,
 * conditions, a script's own) are passed over, and so are values: one client keeps one order, or very few.
 */

const factor = 0x01000193;
const otherFactor = 0x85ebca6b;

/*
 * Two mixes of 24 bits each, kept apart while they grow line by line: as one number of 48 bits each step would divide doubles.
 * Begin with the halves of `orderStart`. The code is `orderCode` of `headerNameFacts`; 0 is passed over.
 */

export function orderHighWith(high: number, orderCode: number): number {
  return orderCode === 0 ? high : (Math.imul(high ^ orderCode, factor) >>> 7) & 0xffffff;
}

export function orderLowWith(low: number, orderCode: number): number {
  return orderCode === 0 ? low : (Math.imul(low + (orderCode >>> 3) + 1, otherFactor) >>> 5) & 0xffffff;
}

/** Exact as a double. */
export function orderOf(high: number, low: number): number {
  return high * 0x1000000 + low;
}

/** Of 32 bits. Orders of HTTP/2, where all names are in lower case and Host and Connection are no fields, are others than HTTP/1.1's. */
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
  const start = orderStart(version);
  let high = start >>> 24;
  let low = start & 0xffffff;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const { orderCode } = headerNameFacts(rawHeaders[index]!);
    high = orderHighWith(high, orderCode);
    low = orderLowWith(low, orderCode);
  }
  return orderOf(high, low);
}
