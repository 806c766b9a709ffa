import { readFileSync } from 'node:fs';
import { type BundleKind, isShippedKind } from '../contract/bundleKind.ts';

/** Version 0 of a kind, as it comes with the software; undefined where none is shipped. */
export function shippedPayload(kind: BundleKind): Uint8Array | undefined {
  if (!isShippedKind(kind)) return undefined;
  try {
    return readFileSync(new URL(`../../shipped/${kind}.json`, import.meta.url));
  } catch {
    return undefined;
  }
}
