import { type FieldLines, fieldNumber } from '../../http/index.ts';
import { edgeLimits } from '../exchange/limits.ts';

const via = fieldNumber('via');

/** Whether a request has passed this edge so often that it goes in circles. */
export function isRequestLoop({ raw, numbers }: FieldLines): boolean {
  let passes = 0;
  for (let line = numbers.indexOf(via); line !== -1; line = numbers.indexOf(via, line + 1)) {
    passes += raw[line * 2 + 1]!.split(',').filter((hop) => /\bholdfast\b/i.test(hop)).length;
  }
  return passes >= edgeLimits.viaMax;
}
