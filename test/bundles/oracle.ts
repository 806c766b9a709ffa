import { createHash, createPublicKey, verify } from 'node:crypto';
import { knownPem } from './certificates.ts';
import { type KnownExpression, knownExpressions, type Without } from './expressions.ts';
import { type Json, JsonPairs, readStrictJson } from './strictJson.ts';

/*
 * The rules of docs/bundles.md once more, written from that page and sharing no code with src/bundles: one function per
 * row, named after it. Naive on purpose. `brokenRules` says which rows a bundle breaks; none means it must be acceptable.
 */

export interface OracleContext {
  readonly kind: 'lists' | 'features' | 'model' | 'signals' | 'sites' | 'switches';
  readonly keys: readonly {
    readonly kind: string;
    readonly id: string;
    readonly publicKey: string;
    readonly revoked: boolean;
  }[];
  readonly versionAfter: number;
  readonly quarantined: readonly number[];
  readonly namesInForce: readonly string[];
  readonly namesShipped: readonly string[];
  readonly namesOfModelInForce: readonly string[];
  readonly listsInForce: {
    readonly names: readonly string[];
    /** Steps in which the system is known, and the country. */
    readonly networks: Readonly<Record<'ipv4' | 'ipv6', { readonly asns: number; readonly countries: number }>>;
    /** By list: steps in which it is, of both families. */
    readonly stepsOf: Readonly<Record<string, number>>;
  };
  readonly signalsInForce: { readonly windowEndMs: number; readonly rows: Readonly<Record<string, number>> };
}

const payloadMax = {
  lists: 16_777_216,
  features: 1_048_576,
  model: 8_388_608,
  signals: 1_048_576,
  sites: 4_194_304,
  switches: 65_536,
};

export interface OracleVerdict {
  readonly broken: readonly string[];
  /** It holds an expression that nobody wrote a verdict down for; all other rules were judged. */
  readonly unjudged: boolean;
}

export function brokenRules(bytes: Buffer, context: OracleContext): OracleVerdict {
  const payload = bytes.subarray(bytes.indexOf(10) + 1);
  const envelope = brokenEnvelopeRules(bytes, payload, context);
  if (envelope.length > 0) return { broken: envelope, unjudged: false };
  const broken: string[] = [];
  let unjudged = false;
  const holds = (row: string, condition: boolean) => {
    if (!condition) broken.push(row);
  };
  holds('P1', payload.length <= payloadMax[context.kind]);
  const text = payload.toString('utf8');
  holds('P2', Buffer.from(text, 'utf8').equals(payload) && text.charCodeAt(0) !== 0xfeff);
  const json = readStrictJson(text);
  holds('P5', json !== undefined);
  if (json === undefined) return { broken, unjudged };
  holds('P3', json.depth <= 8);
  holds('P4', countValues(json.value) <= 400_000);
  holds('P6', !json.repeatedKey);
  if (broken.length > 0) return { broken, unjudged };
  const file = json.value;
  if (!(file instanceof JsonPairs) || file.get('schema') !== 1) return { broken: ['P7'], unjudged };
  try {
    if (context.kind === 'lists') listsRules(file, context, holds);
    if (context.kind === 'features') featuresRules(file, context, holds);
    if (context.kind === 'model') modelRules(file, context, broken, holds);
    if (context.kind === 'signals') signalsRules(file, context, holds);
    if (context.kind === 'switches') switchesRules(file, holds);
    if (context.kind === 'sites') unjudged = sitesRules(file, holds);
  } catch (error) {
    if (!(error instanceof WrongShape)) throw error;
    broken.push('P7');
  }
  return { broken, unjudged };
}

function brokenEnvelopeRules(bytes: Buffer, payload: Buffer, context: OracleContext): string[] {
  const lineEnd = bytes.indexOf(10);
  if (bytes.length > 4_096 + 1 + payloadMax[context.kind]) return ['E1'];
  if (lineEnd < 0 || lineEnd > 4_096) return ['E2'];
  const line = bytes.toString('latin1', 0, lineEnd);
  const match =
    /^\{"holdfast":1,"kind":"(lists|features|model|signals|sites|switches)","version":([1-9][0-9]*),"key":"([0-9a-f]{16})","madeAtMs":(0|[1-9][0-9]*),"payloadBytes":(0|[1-9][0-9]*),"sha256":"([0-9a-f]{64})","acceptShift":(true|false),"signature":"([A-Za-z0-9+/]{86}==)"\}$/.exec(
      line,
    );
  if (match === null) return ['E2'];
  const [, kind, version, id, madeAtMs, payloadBytes, sha256, acceptShift, base64] = match as unknown as string[];
  const signature = Buffer.from(base64!, 'base64');
  const isWhole = [version, madeAtMs, payloadBytes].every(
    (digits) => BigInt(digits!) <= BigInt(Number.MAX_SAFE_INTEGER),
  );
  if (!isWhole || Number(version) > 1e12 || signature.toString('base64') !== base64) return ['E2'];
  const broken: string[] = [];
  if (kind !== context.kind) broken.push('E3');
  if (payload.length > payloadMax[context.kind]) broken.push('E4');
  if (payload.length !== Number(payloadBytes)) broken.push('E5');
  const keys = context.keys.filter((key) => key.kind === context.kind && key.id === id);
  if (keys.length === 0) return [...broken, 'E6'];
  if (keys.some((key) => key.revoked)) return [...broken, 'E7'];
  const said = `holdfast bundle signature, format 1\nkind=${kind}\nversion=${version}\nkey=${id}\nmadeAtMs=${madeAtMs}\npayloadBytes=${payloadBytes}\nsha256=${sha256}\nacceptShift=${acceptShift}\n`;
  const x = Buffer.from(keys[0]!.publicKey, 'base64').toString('base64url');
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  if (!verify(undefined, Buffer.from(said), publicKey, signature)) return [...broken, 'E8'];
  if (createHash('sha256').update(payload).digest('hex') !== sha256) broken.push('E9');
  if (Number(version) <= context.versionAfter) broken.push('E10');
  if (context.quarantined.includes(Number(version))) broken.push('E11');
  return broken;
}

type Holds = (row: string, condition: boolean) => void;

class WrongShape extends Error {}

function shaped<T>(value: T | undefined | false): T {
  if (value === undefined || value === false) throw new WrongShape();
  return value;
}
const list = (value: Json | undefined): readonly Json[] => shaped(Array.isArray(value) && value);
const words = (value: Json | undefined): readonly string[] =>
  list(value).map((item) => shaped(typeof item === 'string' && { item }).item);
const numbers = (value: Json | undefined): readonly number[] =>
  list(value).map((item) => shaped(typeof item === 'number' && { item }).item);
const text = (value: Json | undefined): string => shaped(typeof value === 'string' && { value }).value;
const object = (value: Json | undefined, ...keys: string[]): JsonPairs =>
  shaped(value instanceof JsonPairs && value.hasExactly(...keys) && value);

const objectWithin = (value: Json | undefined, required: readonly string[], ...optional: string[]): JsonPairs =>
  shaped(value instanceof JsonPairs && value.hasWithin(required, optional) && value);

function distinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function countValues(value: Json): number {
  if (value instanceof JsonPairs) return value.pairs.reduce((sum, [, item]) => sum + countValues(item), 1);
  return Array.isArray(value) ? value.reduce((sum: number, item) => sum + countValues(item), 1) : 1;
}

function isFeatureName(name: string): boolean {
  return name.length >= 1 && name.length <= 64 && /^[a-z]/i.test(name) && !/[^a-z0-9_]/i.test(name);
}

const isFloat32 = (value: number) =>
  new Float32Array([value])[0] !== Number.POSITIVE_INFINITY &&
  new Float32Array([value])[0] !== Number.NEGATIVE_INFINITY &&
  !Number.isNaN(value);

/** The extractors that the fuzz uses, and what they take. */
const extractors: Readonly<Record<string, (parameters: JsonPairs) => boolean>> = {
  'header-count': (parameters) => parameters.hasExactly(),
  'path-depth': (parameters) => parameters.hasExactly(),
  'header-present': (parameters) => parameters.hasExactly('header') && isHeaderName(parameters.get('header')),
  'any-header-present': (parameters) => {
    const headers = parameters.get('headers');
    return (
      parameters.hasExactly('headers') &&
      Array.isArray(headers) &&
      headers.length >= 1 &&
      headers.length <= 64 &&
      headers.every(isHeaderName)
    );
  },
};

function isHeaderName(value: Json | undefined): boolean {
  return typeof value === 'string' && value.length <= 128 && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(value);
}

function featuresRules(file: JsonPairs, context: OracleContext, holds: Holds): void {
  object(file, 'schema', 'features');
  const features = list(file.get('features')).map((item) =>
    object(item, 'name', 'type', 'extractor', 'parameters', 'range', 'default'),
  );
  holds('F1', features.length >= 1);
  holds('F2', features.length <= 200);
  const names = features.map((feature) => text(feature.get('name')));
  holds('F3', distinct(names));
  for (const feature of features) featureRules(feature, holds);
  const inForce = context.namesInForce;
  const gone = inForce.filter((name) => !names.includes(name)).length;
  const come = new Set(names.filter((name) => !inForce.includes(name) && !context.namesShipped.includes(name))).size;
  holds('F11', inForce.length === 0 || gone <= Math.max(1, Math.floor(inForce.length / 4)));
  holds('F12', inForce.length === 0 || come <= Math.max(1, Math.floor(inForce.length / 2)));
  holds(
    'F13',
    context.namesOfModelInForce.every((name) => names.includes(name)),
  );
}

const signalLists = {
  shares: ['browserShare', 'heuristicShare', 'http2Share', 'requestQuantile'],
  ranks: ['requestRank', 'userAgentRank', 'pathRank', 'addressRank'],
};
const signalTablesOf: Readonly<Record<string, { readonly rowsMax: number; isKey(key: string): boolean }>> = {
  ja4: {
    rowsMax: 1_000,
    isKey: (key) => {
      const parts = key.split('_');
      const isHex = (part: string | undefined) => part?.length === 12 && !/[^0-9a-f]/.test(part);
      return (
        parts.length === 3 &&
        parts[0]!.length === 10 &&
        !/[^a-z0-9]/.test(parts[0]!) &&
        isHex(parts[1]) &&
        isHex(parts[2])
      );
    },
  },
  headerOrder: { rowsMax: 1_000, isKey: (key) => key.length === 12 && !/[^0-9a-f]/.test(key) },
  network: {
    rowsMax: 2_000,
    isKey: (key) => {
      const [address = '', bits, ...more] = key.split('/');
      if (more.length > 0) return false;
      if (bits === '48') return address.length >= 2 && address.length <= 39 && !/[^0-9a-f:]/.test(address);
      const numbers = address.split('.');
      const isNumber = (number: string) => number.length >= 1 && number.length <= 3 && !/[^0-9]/.test(number);
      return bits === '24' && numbers.length === 4 && numbers.every(isNumber) && numbers[3] === '0';
    },
  },
  asn: { rowsMax: 1_000, isKey: (key) => key.length >= 1 && key.length <= 10 && !/[^0-9]/.test(key) && key[0] !== '0' },
};

function signalsRules(file: JsonPairs, context: OracleContext, holds: Holds): void {
  object(file, 'schema', 'windowEndMs', ...Object.keys(signalTablesOf));
  const [windowEndMs] = numbers([file.get('windowEndMs') as Json]);
  holds('G1', Number.isInteger(windowEndMs) && windowEndMs! >= 0 && windowEndMs! <= 8.64e15);
  let allRows = 0;
  for (const [name, { rowsMax, isKey }] of Object.entries(signalTablesOf)) {
    const table = object(file.get(name), 'keys', ...signalLists.shares, ...signalLists.ranks);
    const keys = words(table.get('keys'));
    allRows += keys.length;
    holds('G2', keys.length <= rowsMax);
    holds('G3', keys.every(isKey));
    holds('G4', distinct(keys));
    for (const figure of [...signalLists.shares, ...signalLists.ranks]) {
      const values = numbers(table.get(figure));
      holds('G1', values.length === keys.length);
      const isRank = signalLists.ranks.includes(figure);
      const isGood = (value: number) =>
        isRank ? Number.isInteger(value) && value >= 1 && value <= keys.length : value >= 0 && value <= 1;
      holds('G5', values.every(isGood));
    }
    const before = context.signalsInForce.rows[name] ?? 0;
    const isSoon = Math.abs(windowEndMs! - context.signalsInForce.windowEndMs) <= 1_800_000;
    holds('G7', !isSoon || before < 20 || keys.length * 2 >= before);
  }
  holds('G6', allRows > 0);
}

/** Whole numbers of `octets` octets each, the lowest first. */
function packed(value: Json | undefined, octets: number): readonly number[] {
  const said = text(value);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  shaped(/^[A-Za-z0-9+/]*={0,2}$/.test(said) && said.length % 4 === 0);
  const bytes: number[] = [];
  for (let at = 0; at < said.length; at += 4) {
    const group = [...said.slice(at, at + 4)];
    const bits = group.reduce((sum, letter) => sum * 64 + Math.max(0, letters.indexOf(letter)), 0);
    const kept = group.includes('=') ? group.indexOf('=') - 1 : 3;
    const three = [bits >> 16, (bits >> 8) & 255, bits & 255];
    // What the padding leaves over is zero, or there were two spellings of the same octets.
    shaped(three.slice(kept).every((octet) => octet === 0));
    bytes.push(...three.slice(0, kept));
  }
  shaped(bytes.length % octets === 0);
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; at += octets) {
    let number = 0;
    for (let place = octets - 1; place >= 0; place -= 1) number = number * 256 + bytes[at + place]!;
    numbers.push(number);
  }
  return numbers;
}

function listsRules(file: JsonPairs, context: OracleContext, holds: Holds): void {
  object(file, 'schema', 'sources', 'countries', 'names', 'networks', 'members');
  const sources = list(file.get('sources')).map((item) => object(item, 'name', 'licence', 'attribution'));
  const said = sources.flatMap((source) => ['name', 'licence', 'attribution'].map((key) => text(source.get(key))));
  holds('L1', sources.length <= 64 && said.every((each) => each.length <= 500));
  const countries = words(file.get('countries'));
  holds('L2', countries.length <= 255 && distinct(countries) && countries.every((each) => /^[A-Z][A-Z]$/.test(each)));
  const names = words(file.get('names'));
  const isName = (each: string) => each.length <= 32 && /^[a-z]/.test(each) && !/[^a-z0-9-]/.test(each);
  holds('L3', names.length <= 32 && distinct(names) && names.every(isName));
  const networks = object(file.get('networks'), 'ipv4', 'ipv6');
  const members = object(file.get('members'), 'ipv4', 'ipv6');
  const has = (bits: number, place: number) => Math.floor(bits / 2 ** place) % 2 === 1;
  const stepsOf = new Map(names.map((name) => [name, 0]));
  let all = 0;
  for (const family of ['ipv4', 'ipv6'] as const) {
    const octets = family === 'ipv4' ? 4 : 8;
    const rises = (starts: readonly bigint[]) => starts.every((start, at) => at === 0 || start > starts[at - 1]!);
    const startsOf = (value: Json | undefined) => {
      const plain = packed(value, 4);
      shaped(octets === 4 || plain.length % 2 === 0);
      return octets === 4
        ? plain.map(BigInt)
        : plain.flatMap((number, at) => (at % 2 === 0 ? [BigInt(number) * 2n ** 32n + BigInt(plain[at + 1]!)] : []));
    };
    const network = object(networks.get(family), 'starts', 'asns', 'countries');
    const starts = startsOf(network.get('starts'));
    const asns = packed(network.get('asns'), 4);
    const places = packed(network.get('countries'), 1);
    holds('L4', asns.length === starts.length && places.length === starts.length);
    holds('L5', starts.length <= (family === 'ipv4' ? 700_000 : 300_000));
    holds('L6', rises(starts));
    holds(
      'L7',
      places.every((place) => place <= countries.length),
    );
    for (const [column, values] of [
      ['asns', asns],
      ['countries', places],
    ] as const) {
      const before = context.listsInForce.networks[family][column];
      holds('L10', before < 20 || values.filter((value) => value > 0).length * 2 >= before);
    }
    const member = object(members.get(family), 'starts', 'lists');
    const memberStarts = startsOf(member.get('starts'));
    const bits = packed(member.get('lists'), 4);
    holds('L4', bits.length === memberStarts.length);
    holds('L5', memberStarts.length <= (family === 'ipv4' ? 120_000 : 60_000));
    holds('L6', rises(memberStarts));
    holds(
      'L7',
      bits.every((each) => each < 2 ** names.length),
    );
    all += starts.length + memberStarts.length;
    for (const [place, name] of names.entries()) {
      const holding = bits.filter((each) => has(each, place)).length;
      stepsOf.set(name, (stepsOf.get(name) ?? 0) + holding);
      const [first, behind] = family === 'ipv4' ? [0n, 2n ** 32n] : [2n ** 61n, 2n ** 62n];
      const clipped = (start: bigint) => (start < first ? first : start > behind ? behind : start);
      const held = bits.reduce(
        (sum, each, at) =>
          has(each, place) ? sum + clipped(memberStarts[at + 1] ?? behind) - clipped(memberStarts[at] ?? 0n) : sum,
        0n,
      );
      holds('L9', held * 4n <= behind - first);
    }
  }
  holds('L8', all > 0);
  for (const [name, before] of Object.entries(context.listsInForce.stepsOf)) {
    if (!names.includes(name)) continue;
    holds('L10', before < 20 || stepsOf.get(name)! * 2 >= before);
    holds('L10', before === 0 || stepsOf.get(name)! > 0);
  }
  const inForce = context.listsInForce.names;
  const gone = inForce.filter((name) => !names.includes(name)).length;
  holds('L11', gone <= Math.max(1, Math.floor(inForce.length / 4)));
}

function featureRules(feature: JsonPairs, holds: Holds): void {
  holds('F4', isFeatureName(text(feature.get('name'))));
  const type = text(feature.get('type'));
  const smallest: Record<string, number> = {
    UInt8: 0,
    UInt16: 0,
    UInt32: 0,
    Int32: -2147483648,
    Float32: -3.4028234663852886e38,
  };
  const largest: Record<string, number> = {
    UInt8: 255,
    UInt16: 65535,
    UInt32: 4294967295,
    Int32: 2147483647,
    Float32: 3.4028234663852886e38,
  };
  holds('F5', Object.hasOwn(smallest, type));
  const range = numbers(feature.get('range'));
  const [min = Number.NaN, max = Number.NaN] = range;
  const asFloat32 = new Float32Array([min, max]);
  holds('F6', range.length === 2 && asFloat32[0]! < asFloat32[1]! && min >= smallest[type]! && max <= largest[type]!);
  const fallback = feature.get('default');
  holds('F7', fallback === null || (typeof fallback === 'number' && fallback >= min && fallback <= max));
  const extractor = text(feature.get('extractor'));
  const takes = Object.hasOwn(extractors, extractor) ? extractors[extractor] : undefined;
  holds('F8', takes !== undefined);
  const parameters = shaped(feature.get('parameters') instanceof JsonPairs && (feature.get('parameters') as JsonPairs));
  holds(
    'F9',
    parameters.pairs.length <= 32 &&
      parameters.pairs.every(([name, value]) => isFeatureName(name) && isParameter(value)),
  );
  holds('F10', takes?.(parameters) === true);
}

function isParameter(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return value.length <= 1_024;
  if (Array.isArray(value))
    return value.length <= 256 && value.every((item) => typeof item === 'string' && item.length <= 1_024);
  return typeof value === 'boolean';
}

function modelRules(file: JsonPairs, context: OracleContext, broken: readonly string[], holds: Holds): void {
  object(file, 'schema', 'name', 'features', 'bias', 'roots', 'feature', 'threshold', 'left', 'right', 'missingRight');
  const name = text(file.get('name'));
  const bias = file.get('bias');
  holds('M1', name.length >= 1 && name.length <= 100 && typeof bias === 'number' && bias >= -1e6 && bias <= 1e6);
  const features = words(file.get('features'));
  holds('M2', features.every(isFeatureName));
  holds('M3', distinct(features));
  const roots = numbers(file.get('roots'));
  const [feature, threshold, left, right, missingRight] = ['feature', 'threshold', 'left', 'right', 'missingRight'].map(
    (key) => numbers(file.get(key)),
  ) as [number[], number[], number[], number[], number[]];
  const count = feature.length;
  holds('M4', features.length >= 1 && roots.length >= 1 && count >= 1);
  holds('M5', features.length <= 200 && roots.length <= 500 && count <= 65_536);
  holds(
    'M6',
    [threshold, left, right, missingRight].every((each) => each.length === count),
  );
  holds(
    'M11',
    features.every((each) => context.namesInForce.includes(each)),
  );
  const parents = new Array<number>(count).fill(0);
  for (const root of roots)
    if (Number.isInteger(root) && root >= 0 && root < count) parents[root]! += 1;
    else holds('M10', false);
  for (let node = 0; node < count; node++) {
    const reads = feature[node]!;
    holds(
      'M7',
      Number.isInteger(reads) && reads >= -1 && reads < features.length && [0, 1].includes(missingRight[node]!),
    );
    if (reads === -1) {
      holds('M9', threshold[node]! >= -1e6 && threshold[node]! <= 1e6);
      continue;
    }
    const children = [left[node]!, right[node]!];
    holds(
      'M8',
      isFloat32(threshold[node]!) &&
        children.every((child) => Number.isInteger(child) && child > node && child < count),
    );
    for (const child of children) if (parents[child] !== undefined) parents[child]! += 1;
  }
  holds(
    'M10',
    parents.every((each) => each === 1),
  );
  // Nodes behind their parents, with one parent each: only then does every walk end.
  const isForest = !broken.includes('M8') && !broken.includes('M10');
  if (isForest)
    holds(
      'M5',
      roots.every((root) => depthOf(root, feature, left, right) <= 64),
    );
}

/** Walks with a list instead of recursion; the checks before made it a tree. */
function depthOf(root: number, feature: readonly number[], left: readonly number[], right: readonly number[]): number {
  let level = [root];
  let depth = 0;
  while (level.length > 0 && depth < 100 && level.length <= feature.length) {
    depth += 1;
    level = level.flatMap((node) => (feature[node] === -1 ? [] : [left[node]!, right[node]!]));
  }
  return depth;
}

function isHostName(host: string): boolean {
  if (host.length < 1 || host.length > 253) return false;
  if (host.startsWith('['))
    return (
      host.endsWith(']') &&
      host.length >= 4 &&
      host.length <= 47 &&
      [...host.slice(1, -1)].every((char) => '0123456789abcdef:.'.includes(char))
    );
  const edge = 'abcdefghijklmnopqrstuvwxyz0123456789_';
  return (
    edge.includes(host[0]!) && edge.includes(host.at(-1)!) && [...host].every((char) => `${edge}.-`.includes(char))
  );
}

function isOriginHost(host: string): boolean {
  if (!isHostName(host)) return false;
  // Another implementation than the product's.
  if (host.startsWith('[')) return URL.canParse(`http://${host}/`);
  const labels = host.split('.');
  const isNumber = (label: string) => [...label].every((char) => '0123456789'.includes(char));
  const last = labels.at(-1)!;
  const isHex = last.startsWith('0x') && [...last.slice(2)].every((char) => '0123456789abcdef'.includes(char));
  if (!isNumber(last) && !isHex) return true;
  return labels.length === 4 && labels.every((label) => String(Number(label)) === label && Number(label) <= 255);
}

function isRuleName(name: string): boolean {
  return (
    name.length >= 1 &&
    name.length <= 100 &&
    [...name].every((char) => char.charCodeAt(0) > 31 && char.charCodeAt(0) !== 127)
  );
}

/** Says whether some expression or certificate could not be judged. */
function sitesRules(file: JsonPairs, holds: Holds): boolean {
  object(file, 'schema', 'sites');
  const sites = list(file.get('sites')).map((site) =>
    objectWithin(site, ['name', 'hosts', 'rules'], 'origin', 'origins', 'upstream', ...editRows.keys()),
  );
  holds('S1', sites.length >= 1);
  holds('S2', sites.length <= 1_000);
  const names = sites.map((site) => text(site.get('name')));
  holds('S3', names.every(isHostName) && distinct(names));
  const hosts = sites.map((site) => words(site.get('hosts')));
  holds(
    'S4',
    hosts.every(
      (each) => each.length >= 1 && each.length <= 100 && each.every((host) => host === '*' || isHostName(host)),
    ),
  );
  holds('S5', distinct(hosts.flat()));
  let unjudged = false;
  for (const site of sites) {
    originsRules(site, holds);
    const upstream = site.get('upstream');
    if (upstream !== undefined) unjudged = upstreamRules(upstream, holds) || unjudged;
    for (const [key, check] of editRows) {
      const value = site.get(key);
      if (value !== undefined) check(value, holds);
    }
    unjudged = rulesRules(list(site.get('rules')), holds) || unjudged;
  }
  return unjudged;
}

function originsRules(site: JsonPairs, holds: Holds): void {
  const origin = site.get('origin');
  const origins = site.get('origins');
  holds('S6', (origin === undefined) !== (origins === undefined));
  if (origin !== undefined) holds('S6', isOrigin(text(origin)));
  if (origins === undefined) return;
  const several = list(origins).map((one) => objectWithin(one, ['url'], 'weight'));
  const urls = several.map((one) => text(one.get('url')));
  holds('S6', urls.every(isOrigin));
  holds('S13', several.length >= 1 && several.length <= 32 && distinct(urls));
  for (const one of several) holds('S13', one.get('weight') === undefined || isWhole(one.get('weight'), 1, 1_000));
}

function isOrigin(origin: string): boolean {
  const colon = origin.lastIndexOf(':');
  const port = origin.slice(colon + 1);
  const scheme = origin.slice(0, origin.indexOf('//') + 2);
  return (
    ['http://', 'https://'].includes(scheme) &&
    isOriginHost(origin.slice(scheme.length, colon)) &&
    String(Number(port)) === port &&
    Number(port) >= 1 &&
    Number(port) <= 65_535
  );
}

const isWhole = (value: Json | undefined, min: number, max: number): boolean =>
  typeof value === 'number' && Math.floor(value) === value && value >= min && value <= max;

const timesOf = {
  upstream: {
    connectTimeoutMs: [10, 60_000],
    answerTimeoutMs: [10, 3_600_000],
    bodyIdleTimeoutMs: [10, 3_600_000],
    keepAliveMs: [0, 600_000],
    requestsMax: [1, 65_536],
  },
  health: { intervalMs: [100, 3_600_000], timeoutMs: [10, 60_000], unhealthyAfter: [1, 100], healthyAfter: [1, 100] },
  outlier: { failures: [1, 1_000], ejectMs: [100, 3_600_000], ejectMsMax: [100, 86_400_000] },
  retries: { max: [0, 5] },
} as const;

/** Says whether some certificate could not be judged. */
function upstreamRules(value: Json, holds: Holds): boolean {
  const numbersHold = (part: keyof typeof timesOf, from: JsonPairs) => {
    for (const [key, [min, max]] of Object.entries(timesOf[part])) {
      const number = from.get(key);
      holds('S14', number === undefined || isWhole(number, min, max));
    }
  };
  const upstream = objectWithin(value, [], ...Object.keys(timesOf.upstream), 'tls', 'health', 'outlier', 'retries');
  numbersHold('upstream', upstream);
  const [health, outlier, retries, tls] = ['health', 'outlier', 'retries', 'tls'].map((key) => upstream.get(key));
  if (health !== undefined) {
    const check = objectWithin(health, ['path'], 'host', ...Object.keys(timesOf.health));
    numbersHold('health', check);
    holds('S14', isTarget(check.get('path')));
    const host = check.get('host');
    holds('S14', host === undefined || (typeof host === 'string' && isHostName(host)));
  }
  if (outlier !== undefined) {
    const watch = objectWithin(outlier, [], 'enabled', ...Object.keys(timesOf.outlier));
    numbersHold('outlier', watch);
    holds('S14', [undefined, true, false].includes(watch.get('enabled') as undefined));
  }
  if (retries !== undefined) numbersHold('retries', objectWithin(retries, [], ...Object.keys(timesOf.retries)));
  return tls !== undefined && tlsRules(tls, holds);
}

function isTarget(value: Json | undefined): boolean {
  if (typeof value !== 'string' || value.length > 1_024 || value[0] !== '/') return false;
  return [...value].every((char) => char > ' ' && char < '\u007f' && char !== '#');
}

function tlsRules(value: Json, holds: Holds): boolean {
  const tls = objectWithin(value, [], 'verify', 'serverName', 'ca', 'certificate', 'keyPath');
  const said = (key: string) => tls.get(key);
  holds('S15', [undefined, true, false].includes(said('verify') as undefined));
  const name = said('serverName');
  const isName = typeof name === 'string' && !name.startsWith('[') && isOriginHost(name) && /[^0-9.]/.test(name);
  holds('S15', name === undefined || isName);
  const path = said('keyPath');
  const isPath =
    typeof path === 'string' &&
    path.length >= 2 &&
    path.length <= 1_024 &&
    path[0] === '/' &&
    [...path].every((char) => char.charCodeAt(0) > 31 && char.charCodeAt(0) !== 127);
  holds('S15', path === undefined || isPath);
  holds('S15', (path === undefined) === (said('certificate') === undefined));
  let unjudged = false;
  for (const pem of [said('ca'), said('certificate')]) {
    if (pem === undefined) continue;
    const known = knownPem.find((each) => each.text === pem);
    if (typeof pem !== 'string' || !pem.includes('-----BEGIN')) holds('S15', false);
    else if (known === undefined) unjudged = true;
    else holds('S15', known.isGood);
  }
  return unjudged;
}

const editRows: ReadonlyMap<string, (value: Json, holds: Holds) => void> = new Map([
  ['limits', limitsRules],
  ['requestHeaders', headerRules],
  ['responseHeaders', headerRules],
  ['redirects', redirectsRules],
  ['errorPages', errorPagesRules],
]);

function limitsRules(value: Json, holds: Holds): void {
  const said = objectWithin(value, [], 'bodyBytesMax', 'headBytesMax');
  const [body, head] = [said.get('bodyBytesMax'), said.get('headBytesMax')];
  holds('S16', body === undefined || isWhole(body, 0, 1_099_511_627_776));
  holds('S16', head === undefined || isWhole(head, 1_024, 65_536));
}

const untouchable =
  'host content-length transfer-encoding connection proxy-connection keep-alive te trailer upgrade expect via proxy-authenticate proxy-authorization proxy-authentication-info http2-settings'.split(
    ' ',
  );

function headerRules(value: Json, holds: Holds): void {
  const edits = objectWithin(value, [], 'set', 'add', 'remove');
  // Left out is one thing, null is another.
  const listed = (key: string): Json => {
    const value = edits.get(key);
    return value === undefined ? [] : value;
  };
  const lines = [listed('set'), listed('add')]
    .flatMap((each) => list(each))
    .map((line) => object(line, 'name', 'value'));
  const names = [...lines.map((line) => text(line.get('name'))), ...words(listed('remove'))];
  holds('S17', names.length <= 32 && distinct(names.map((name) => name.toLowerCase())));
  for (const name of names) {
    const plain = name.split('_').join('-').toLowerCase();
    holds('S17', isHeaderName(name) && !untouchable.includes(plain) && plain.slice(0, 9) !== 'holdfast-');
  }
  for (const line of lines) {
    const said = text(line.get('value'));
    const isInside = [...said].every((char) => char === '\t' || (char >= ' ' && char <= '~'));
    holds('S17', said.length <= 4_096 && isInside && said.trim() === said);
  }
}

function redirectsRules(value: Json, holds: Holds): void {
  const redirects = list(value).map((one) => objectWithin(one, ['from', 'to'], 'status'));
  const pairs = redirects.map((one) => ({ from: text(one.get('from')), to: text(one.get('to')) }));
  holds('S18', redirects.length <= 200 && distinct(pairs.map(({ from }) => from)));
  holds(
    'S18',
    redirects.every((one) => [undefined, 301, 302, 307, 308].includes(one.get('status') as undefined)),
  );
  const isWell = pairs.every(isRedirect);
  holds('S18', isWell);
  // Another way than the product's: the list is read again for every hop.
  if (!isWell || redirects.length > 200 || !distinct(pairs.map(({ from }) => from))) return;
  for (const { to } of pairs) {
    let path: string | undefined = to.replace('*', '').split('?')[0];
    let hops = 0;
    while (path !== undefined && path[0] === '/' && hops < 12) {
      path = hop(pairs, path);
      if (path !== undefined) hops += 1;
    }
    holds('S18', hops <= 9);
  }
}

type Pair = { readonly from: string; readonly to: string };

function isRedirect({ from, to }: Pair): boolean {
  const isPlain = (said: string) =>
    said.length <= 2_048 &&
    [...said.replace(/\*$/, '')].every((char) => char > ' ' && char <= '~' && !'"#*\\'.includes(char));
  if (!isPlain(from) || !isPlain(to) || from[0] !== '/' || from.includes('?')) return false;
  if (to.endsWith('*') && (!from.endsWith('*') || to.includes('?'))) return false;
  if (to[0] === '/') return to[1] !== '/';
  const [scheme, nothing, authority = '', ...path] = to.split('/');
  const isUrl = (scheme === 'http:' || scheme === 'https:') && nothing === '' && path.length > 0;
  return isUrl && (isOrigin(`http://${authority}`) || isOriginHost(authority));
}

function hop(pairs: readonly Pair[], path: string): string | undefined {
  const star = pairs
    .filter(({ from }) => from.endsWith('*') && path.startsWith(from.slice(0, -1)))
    .reduce<Pair | undefined>((best, each) => (best && best.from.length > each.from.length ? best : each), undefined);
  const found = pairs.find(({ from }) => from === path) ?? star;
  if (found === undefined) return undefined;
  const to = found.to.split('?')[0]!;
  const whole = to.endsWith('*') ? to.slice(0, -1) + path.slice(found.from.length - 1) : to;
  return whole[0] === '/' ? `/${whole.split(/^\/+/)[1]}` : whole;
}

function errorPagesRules(value: Json, holds: Holds): void {
  const pages = list(value).map((page) => object(page, 'status', 'body'));
  holds('S19', pages.length <= 32 && distinct(pages.map((page) => String(page.get('status')))));
  for (const page of pages) {
    const body = page.get('body');
    holds('S19', isWhole(page.get('status'), 400, 599));
    holds('S19', typeof body === 'string' && body.length >= 1 && body.length <= 16_384);
  }
}

function rulesRules(values: readonly Json[], holds: Holds): boolean {
  const rules = values.map((rule) => object(rule, 'name', 'when', 'then', 'dryRun', 'whenAbsent'));
  holds('S7', rules.length <= 200);
  const names = rules.map((rule) => text(rule.get('name')));
  holds('S8', names.every(isRuleName) && distinct(names));
  let unjudged = false;
  /** By absence: an earlier `allow` depends on what is absent. */
  const allowNeeds: boolean[] = [];
  for (const rule of rules) {
    const when = text(rule.get('when'));
    const action = thenRules(rule.get('then'), holds);
    const dry = rule.get('dryRun');
    holds('S9', typeof dry === 'boolean' && ['block', 'never-block'].includes(text(rule.get('whenAbsent'))));
    holds('S10', when.length <= 4_096);
    const known = knownExpressions.find((each) => each.when === when);
    if (known === undefined) {
      unjudged = true;
      continue;
    }
    holds('S10', known.verdict !== 'rule-too-costly');
    holds('S11', known.verdict !== 'rule-invalid');
    if (dry === true) continue;
    for (const [index, without] of absences.entries()) {
      const state = without(known);
      const isMeant = rule.get('whenAbsent') !== 'never-block';
      holds(
        'S12',
        !((action === 'block' || action === 'limit') && !isMeant && allowNeeds[index] === true && state !== 'unknown'),
      );
      if (action === 'allow' && state !== 'sure') allowNeeds[index] = true;
    }
  }
  return unjudged;
}

/** What may be absent at once: the client's verdict, its score alone, lists, and lists with either. */
const absences: readonly ((known: KnownExpression) => Without)[] = [
  (known) => known.absent,
  (known) => known.withoutScore ?? known.absent,
  (known) => known.withoutLists ?? 'sure',
  (known) => known.withoutLists ?? known.absent,
  (known) => known.withoutLists ?? known.withoutScore ?? known.absent,
];

function thenRules(value: Json | undefined, holds: Holds): string {
  const then = shaped(value instanceof JsonPairs && value);
  const action = text(then.get('action'));
  if (action === 'limit') {
    limitRules(then, holds);
    return action;
  }
  if (action !== 'block') {
    holds('P7', ['allow', 'log'].includes(action) && then.hasExactly('action'));
    return action;
  }
  object(then, 'action', 'status', 'body');
  const status = then.get('status');
  holds(
    'S9',
    typeof status === 'number' &&
      status % 1 === 0 &&
      status >= 400 &&
      status <= 599 &&
      text(then.get('body')).length <= 16_384,
  );
  return action;
}

const isRequests = (value: Json | undefined) =>
  typeof value === 'number' && value % 1 === 0 && value >= 1 && value <= 1e6;
const plainKeys = ['address', 'network', 'client', 'ja4', 'header-order', 'as', 'path'];

function limitRules(then: JsonPairs, holds: Holds): void {
  const burst = then.get('burst') === undefined ? [] : ['burst'];
  object(then, 'action', 'rate', 'per', 'key', ...burst);
  holds('S9', isRequests(then.get('rate')) && (burst.length === 0 || isRequests(then.get('burst'))));
  holds('S9', ['second', 'minute', 'hour', 'day'].includes(text(then.get('per'))));
  const key = text(then.get('key'));
  holds('S9', plainKeys.includes(key) || /^(?:cookie|header) [!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/.test(key));
}

const switchWords = ['verify', 'bots', 'rules', 'rates', 'redirects', 'sizes', 'edits', 'shadow'].concat(
  ['block', 'log', 'limit'].map((action) => `action:${action}`),
);

function switchesRules(file: JsonPairs, holds: Holds): void {
  object(file, 'schema', 'killed');
  const killed = words(file.get('killed'));
  holds('W1', killed.length <= 1_000);
  holds('W3', distinct(killed));
  for (const name of killed) {
    const [, site, rule] = /^rule:([^/]*)\/(.*)$/s.exec(name) ?? [];
    const isRule = site !== undefined && isHostName(site) && isRuleName(rule!);
    holds('W2', switchWords.includes(name) || isRule);
  }
}
