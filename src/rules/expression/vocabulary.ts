import { type ModuleFieldName, moduleFields } from '../../modules/all.ts';
import type { ModuleField } from '../../modules/row/declaration.ts';

/** Types that an expression can have. `strings` is a list of strings; `int` and `double` are both float64 inside. */
export type ValueType = 'bool' | 'int' | 'double' | 'string' | 'strings';

interface Field {
  readonly type: ValueType;
  /** One sentence for the docs. */
  readonly says: string;
}

/** What every request has, and what lists say of its address; modules bring the rest. */
export const requestFields = {
  'request.method': { type: 'string', says: 'as sent: `GET`' },
  'request.path': { type: 'string', says: 'the target up to the first `?`' },
  'request.query': { type: 'string', says: 'behind the first `?`; empty when there is none' },
  'request.target': { type: 'string', says: 'both, as sent' },
  'request.host': { type: 'string', says: 'lower case, without port' },
  'request.scheme': { type: 'string', says: '`http` or `https`' },
  'request.version': { type: 'string', says: '`1.0`, `1.1` or `2`' },
  'request.client.address': { type: 'string', says: "the visitor's, after trusted proxies" },
} as const satisfies Readonly<Record<string, Field>>;

export const listFields = {
  'ip.country': {
    type: 'string',
    says: "ISO 3166-1 code of the visitor's address, from [lists](lists.md); **unknown where they do not know, and without them**",
  },
  'ip.asn': { type: 'int', says: 'its autonomous system; unknown likewise' },
  'ip.hosting': { type: 'bool', says: 'whether it is in the list of that name; unknown where there is no such list' },
  'ip.vpn': { type: 'bool', says: 'likewise' },
  'ip.crawler': { type: 'bool', says: 'likewise' },
  'ip.lists': {
    type: 'strings',
    says: 'names of the lists that it is in; unknown without lists, and `"NAME" in ip.lists` also where no list has that name',
  },
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof requestFields | keyof typeof listFields | ModuleFieldName;

const rows: Readonly<Record<FieldName, Field>> = { ...requestFields, ...moduleFields, ...listFields };
const ofModules: Readonly<Partial<Record<FieldName, ModuleField>>> = moduleFields;

/** Everything an expression can name, with its type. Closed: a name that is not here is a finding, never an empty value. */
export const fields = Object.fromEntries(Object.entries(rows).map(([name, { type }]) => [name, type])) as Readonly<
  Record<FieldName, ValueType>
>;

export const fieldNames = Object.keys(fields) as readonly FieldName[];

export function isField(name: string): name is FieldName {
  return Object.hasOwn(fields, name);
}

/** Known only when the request is answered: too late for a rule about the request. */
export function isKnownAfterAnswer(name: FieldName): boolean {
  return ofModules[name]?.knownAfter === 'answer';
}

/** Fields that are unknown while there is no verdict. */
export function isBotField(name: FieldName): boolean {
  const absentWith = ofModules[name]?.absentWith;
  return absentWith === 'score' || absentWith === 'identity';
}

/** Those of the score: who the client is can be known without it, and the other way round. */
export function isScoreField(name: FieldName): boolean {
  return ofModules[name]?.absentWith === 'score';
}

/** Those that lists answer: unknown while there are none. */
export function isListField(name: FieldName): boolean {
  return Object.hasOwn(listFields, name);
}

/** For suggestions only. */
export const functionNames = [
  'startsWith',
  'endsWith',
  'contains',
  'matches',
  'size',
  'lowerAscii',
  'upperAscii',
  'inNetwork',
  'has',
] as const;

/** Types in words, for messages. */
export const named = {
  bool: 'true or false',
  int: 'a whole number',
  double: 'a decimal number',
  string: 'a text',
  strings: 'a list of texts',
} as const satisfies Readonly<Record<ValueType, string>>;
