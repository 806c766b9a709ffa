import { fileURLToPath } from 'node:url';

/**
 * Path of another entry file beside the calling one, with the caller's own ending: `.ts` in the checkout, `.js` in the
 * published package, where the compiler cannot see through the string.
 */
export function siblingEntry(callerUrl: string, name: string): string {
  const ending = callerUrl.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`${name}${ending}`, callerUrl));
}
