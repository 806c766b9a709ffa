import { BoundedMemo } from '../../kernel/boundedMemo.ts';
import { parseUserAgent } from './userAgent.ts';

const claims = new BoundedMemo((userAgent: string) => parseUserAgent(userAgent).engine !== 'none');

/** Whether a user agent is one of the browsers that the features know. */
export function claimsBrowser(userAgent: string): boolean {
  return claims.get(userAgent);
}
