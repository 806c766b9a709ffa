import { type FieldLines, fieldNumber, type KnownFieldName, knownFieldNames } from '../../http/index.ts';

/** Fields that concern one connection and never pass (RFC 9110 section 7.6.1). */
const hopByHop: readonly KnownFieldName[] = [
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'http2-settings',
];

/** 1 for each number of a name (`http/fieldNames.ts`) that is listed. */
export function fieldTable(names: readonly KnownFieldName[]): Uint8Array {
  const table = new Uint8Array(knownFieldNames.length + 1);
  for (const name of names) table[fieldNumber(name)] = 1;
  return table;
}

/** 1 for each number of a field that never passes. */
export const isHopByHop = fieldTable(hopByHop);

const connection = fieldNumber('connection');

/** Names of the fields that `Connection` declares to concern this connection alone; undefined when there are none. */
export function namedByConnection({ raw, numbers }: FieldLines): ReadonlySet<string> | undefined {
  let names: Set<string> | undefined;
  for (let line = numbers.indexOf(connection); line !== -1; line = numbers.indexOf(connection, line + 1)) {
    const value = raw[line * 2 + 1]!;
    if (value === 'keep-alive' || value === 'close') continue;
    names ??= new Set();
    for (const part of value.split(',')) {
      const named = part.trim().toLowerCase();
      // What frames the message or names the site is never removed at a visitor's word.
      if (named !== 'content-length' && named !== 'host') names.add(named);
    }
  }
  return names;
}
