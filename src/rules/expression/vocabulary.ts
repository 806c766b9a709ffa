/** Types that an expression can have. `strings` is a list of strings; `int` and `double` are both float64 inside. */
export type ValueType = 'bool' | 'int' | 'double' | 'string' | 'strings';

/** Everything an expression can name, with its type. Closed: a name that is not here is a finding, never an empty value. */
export const fields = {
  'request.method': 'string',
  'request.path': 'string',
  'request.query': 'string',
  'request.host': 'string',
  'request.target': 'string',
  'request.version': 'string',
  'request.scheme': 'string',
  'request.client.address': 'string',
  'bot.score': 'int',
  'bot.source': 'string',
  'bot.verified': 'bool',
  'bot.operator': 'string',
  'bot.category': 'string',
  'bot.heuristics': 'strings',
  'ip.country': 'string',
  'ip.asn': 'int',
  'ip.crawler': 'bool',
  'ip.hosting': 'bool',
  'ip.vpn': 'bool',
  'ip.lists': 'strings',
} as const satisfies Readonly<Record<string, ValueType>>;
export type FieldName = keyof typeof fields;

export const fieldNames = Object.keys(fields) as readonly FieldName[];

export function isField(name: string): name is FieldName {
  return Object.hasOwn(fields, name);
}

/** Fields that are unknown while there is no verdict. */
export function isBotField(name: FieldName): boolean {
  return name.startsWith('bot.');
}

/** Those of the score: who the client is can be known without it, and the other way round. */
export function isScoreField(name: FieldName): boolean {
  return name === 'bot.score' || name === 'bot.source' || name === 'bot.heuristics';
}

/** Those that lists answer: unknown while there are none. */
export function isListField(name: FieldName): boolean {
  return name.startsWith('ip.');
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
