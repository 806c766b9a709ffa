import { createRequire } from 'node:module';

/** Whether the list of crawlers' user agents of npm package `isbot` (a dev dependency) knows this one; false without it. */
export function isbotSays(userAgent: string): boolean {
  return check(userAgent);
}

const check: (userAgent: string) => boolean = (() => {
  try {
    return (createRequire(import.meta.url)('isbot') as { isbot(userAgent: string): boolean }).isbot;
  } catch {
    return () => false;
  }
})();
