import { type FindingList, quoteSome } from './findingList.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * An object that has exactly these keys. Otherwise the finding `schema-invalid` is added and undefined is returned;
 * `where` says in words where in the file it stands.
 */
export function exactObject<K extends string>(
  value: unknown,
  keys: readonly K[],
  where: string,
  findings: FindingList,
): Readonly<Record<K, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(findings, `${where} must be an object${keys.length > 0 ? ` with ${keys.join(', ')}` : ''}.`);
  }
  const present = Object.keys(value);
  const unknown = present.filter((key) => !(keys as readonly string[]).includes(key));
  const missing = keys.filter((key) => !present.includes(key));
  if (unknown.length > 0) refuse(findings, `${where} has what is not known here: ${quoteSome(unknown)}.`);
  if (missing.length > 0) refuse(findings, `${where} lacks ${missing.join(', ')}.`);
  return unknown.length + missing.length > 0 ? undefined : (value as Readonly<Record<K, unknown>>);
}

/**
 * An object that has the required keys and otherwise none but the optional ones. Otherwise `schema-invalid` is added and
 * undefined is returned.
 */
export function objectOf<R extends string, O extends string>(
  value: unknown,
  required: readonly R[],
  optional: readonly O[],
  where: string,
  findings: FindingList,
): Readonly<Record<R, unknown> & Partial<Record<O, unknown>>> | undefined {
  const present = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const keys = [...required, ...optional.filter((key) => present.includes(key))];
  return exactObject(value, keys, where, findings) as
    | Readonly<Record<R, unknown> & Partial<Record<O, unknown>>>
    | undefined;
}

/** The head that all payloads share: an object with `schema: 1` and the given further keys. */
export function exactFile<K extends string>(value: unknown, keys: readonly K[], findings: FindingList) {
  const file = exactObject(value, ['schema', ...keys], 'The file', findings);
  if (file === undefined) return undefined;
  if (file.schema !== 1) return refuse(findings, 'The file must say "schema": 1; this software reads no other.');
  return file;
}

export function isString(value: unknown, charsMin: number, charsMax: number): value is string {
  return typeof value === 'string' && value.length >= charsMin && value.length <= charsMax;
}

/** JSON has no NaN, but `1e999` is infinite. */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Adds `schema-invalid`; returns undefined so that a decoder can end with it. */
export function refuse(findings: FindingList, message: string): undefined {
  findings.add({ reason: 'schema-invalid', message });
}

/** Names that stand in the list more than once, each once, in the order of their second appearance. */
export function repeatedNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) repeated.add(name);
    seen.add(name);
  }
  return [...repeated];
}
