import { type BundleKind, payloadBytesMax } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import { err, ok, type Result } from '../kernel/result.ts';

/** The deepest payload is sites: file, list, site, rules, rule, then. */
export const jsonDepthMax = 8;
/** A model with every node it may have: 5 × 65,536 numbers and some 700 others. A value is about 20 bytes of heap. */
export const jsonValuesMax = 400_000;

/**
 * From bytes to a JSON value whose size is known to be harmless. The order is the point: bytes are counted before they
 * are decoded, depth and number of values before anything is built from them.
 */
export function parsePayload(kind: BundleKind, payload: Uint8Array): Result<unknown, Finding> {
  const limit = payloadBytesMax[kind];
  if (payload.length > limit) {
    const message = `The ${kind} file has ${payload.length} bytes; at most ${limit} are allowed.`;
    return err({ reason: 'payload-too-large', message, value: payload.length, limit });
  }
  let text: string;
  try {
    // A byte order mark is kept, and refused as JSON (RFC 8259, section 8.1).
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    return err({ reason: 'payload-not-utf8', message: `The ${kind} file is not UTF-8 text.` });
  }
  const shape = measure(payload);
  if (shape.depth > jsonDepthMax) {
    const message = `The ${kind} file is nested ${shape.depth} levels deep; at most ${jsonDepthMax} are allowed.`;
    return err({ reason: 'schema-invalid', message, value: shape.depth, limit: jsonDepthMax });
  }
  if (shape.values > jsonValuesMax) {
    const message = `The ${kind} file holds about ${shape.values} values; at most ${jsonValuesMax} are allowed.`;
    return err({ reason: 'payload-too-large', message, value: shape.values, limit: jsonValuesMax });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return err({ reason: 'payload-not-json', message: `The ${kind} file is not JSON: ${(error as Error).message}.` });
  }
  // A repeated key would be read by the last one here and by the first one elsewhere. JSON.parse cannot say so, but
  // then fewer keys came out than colons went in.
  if (countKeys(value) !== shape.keys) {
    return err({ reason: 'schema-invalid', message: `The ${kind} file has an object with the same key twice.` });
  }
  return ok(value);
}

interface JsonShape {
  readonly depth: number;
  readonly values: number;
  readonly keys: number;
}

/** Counts structure outside strings in one pass over the bytes. Right for valid JSON; for other text it only bounds. */
function measure(bytes: Uint8Array): JsonShape {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  let keys = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case 0x22: // "
        at = endOfString(bytes, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        values++;
        if (++depth > deepest) deepest = depth;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        values++;
        break;
      case 0x3a: // :
        keys++;
        break;
      default:
        break;
    }
  }
  return { depth: deepest, values, keys };
}

function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
  return at;
}

/** Recursion is bounded by `jsonDepthMax`. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += countKeys(item);
    return keys;
  }
  for (const item of Object.values(value)) keys += 1 + countKeys(item);
  return keys;
}
