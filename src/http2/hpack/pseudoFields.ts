import { fieldNumberOf } from '../../http/index.ts';

/**
 * Numbers of the pseudo-header fields (RFC 9113 section 8.3, RFC 8441 section 4), below zero so that they never meet one of
 * `knownFieldNames`. A name that begins with a colon and is none of these is `other`.
 */
export const pseudoFields = {
  authority: -1,
  method: -2,
  path: -3,
  scheme: -4,
  status: -5,
  protocol: -6,
  other: -7,
} as const;

const byName = new Map<string, number>(Object.entries(pseudoFields).map(([name, number]) => [`:${name}`, number]));
byName.delete(':other');

/** The number of any name in lower case, pseudo-header fields among them; 0 when it is not known. */
export function numberOf(name: string): number {
  return name.startsWith(':') ? (byName.get(name) ?? pseudoFields.other) : fieldNumberOf(name);
}
