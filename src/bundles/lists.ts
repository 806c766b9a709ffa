import {
  type AddressFamily,
  addressFamilies,
  countryPattern,
  type ListSource,
  type ListsFile,
  listNamePattern,
  type MemberSteps,
  type NetworkSteps,
  startWords,
} from '../contract/kinds/listsFile.ts';
import { limits } from '../contract/limits.ts';
import { type FindingList, quoteSome } from './findingList.ts';
import { exactFile, exactObject, isString, refuse, repeatedNames } from './shape.ts';

/** Reads a lists file strictly; `last` is the one in force. Returns it only when no finding was added. */
export function decodeLists(value: unknown, last: ListsFile | undefined, findings: FindingList): ListsFile | undefined {
  const file = exactFile(value, ['sources', 'countries', 'names', 'networks', 'members'], findings);
  if (file === undefined) return undefined;
  const sources = decodeSources(file.sources, findings);
  const countries = decodeNames(file.countries, 'countries', countryPattern, limits.listCountriesMax, findings);
  const names = decodeNames(file.names, 'names', listNamePattern, limits.listNamesMax, findings);
  const networks = byFamily(file.networks, 'networks', findings, decodeNetworks);
  const members = byFamily(file.members, 'members', findings, decodeMembers);
  if (!findings.isEmpty || !sources || !countries || !names || !networks || !members) return undefined;
  const decoded: ListsFile = { schema: 1, sources, countries, names, networks, members };
  for (const family of addressFamilies) checkValues(decoded, family, findings);
  checkEmpty(decoded, findings);
  checkWidth(decoded, findings);
  if (last !== undefined) checkAgainstLast(decoded, last, findings);
  return findings.isEmpty ? decoded : undefined;
}

function decodeSources(value: unknown, findings: FindingList): readonly ListSource[] | undefined {
  if (!Array.isArray(value) || value.length > limits.listSourcesMax) {
    return refuse(findings, `"sources" must be a list of at most ${limits.listSourcesMax}.`);
  }
  const sources = value.map((each) => {
    const source = exactObject(each, ['name', 'licence', 'attribution'], 'A source', findings);
    if (source === undefined) return undefined;
    if (Object.values(source).every((text) => isString(text, 0, limits.listSourceCharsMax)))
      return source as unknown as ListSource;
    return refuse(findings, `What a source says are texts of at most ${limits.listSourceCharsMax} characters.`);
  });
  return sources.every((source) => source !== undefined) ? sources : undefined;
}

function decodeNames(
  value: unknown,
  key: 'countries' | 'names',
  pattern: RegExp,
  limit: number,
  findings: FindingList,
): readonly string[] | undefined {
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) {
    return refuse(findings, `"${key}" must be a list of texts.`);
  }
  const names = value as readonly string[];
  if (names.length > limit) {
    const message = `"${key}" has ${names.length} entries; at most ${limit} are allowed.`;
    findings.add({ reason: 'lists-too-many', message, value: names.length, limit });
  }
  const bad = [...names.filter((name) => !pattern.test(name)), ...repeatedNames(names)].map((name) =>
    name.slice(0, 64),
  );
  if (bad.length > 0) {
    const message = `"${key}" holds what cannot stand there, or stands there twice: ${quoteSome(bad)}.`;
    findings.add({ reason: 'list-name-invalid', message, names: bad, value: bad.length, limit: 0 });
  }
  return names;
}

type DecodeSteps<S> = (value: unknown, family: AddressFamily, where: string, findings: FindingList) => S | undefined;

function byFamily<S>(value: unknown, where: string, findings: FindingList, decode: DecodeSteps<S>) {
  const families = exactObject(value, addressFamilies, `"${where}"`, findings);
  if (families === undefined) return undefined;
  const ipv4 = decode(families.ipv4, 'ipv4', `"${where}.ipv4"`, findings);
  const ipv6 = decode(families.ipv6, 'ipv6', `"${where}.ipv6"`, findings);
  return ipv4 === undefined || ipv6 === undefined ? undefined : { ipv4, ipv6 };
}

const decodeNetworks: DecodeSteps<NetworkSteps> = (value, family, where, findings) => {
  const steps = exactObject(value, ['starts', 'asns', 'countries'], where, findings);
  if (steps === undefined) return undefined;
  const starts = words(steps.starts);
  const asns = words(steps.asns);
  const countries = octets(steps.countries);
  const count = (starts?.length ?? 0) / startWords[family];
  if (!starts || !asns || !countries || asns.length !== count || countries.length !== count) {
    return refuse(
      findings,
      `${where} must be three texts in base64, with a start, a system and a country for each step.`,
    );
  }
  checkStarts(starts, family, where, limits.networkStepsMax[family], findings);
  return { starts, asns, countries };
};

const decodeMembers: DecodeSteps<MemberSteps> = (value, family, where, findings) => {
  const steps = exactObject(value, ['starts', 'lists'], where, findings);
  if (steps === undefined) return undefined;
  const starts = words(steps.starts);
  const lists = words(steps.lists);
  if (!starts || !lists || lists.length !== starts.length / startWords[family]) {
    return refuse(findings, `${where} must be two texts in base64, with a start and the lists' bits for each step.`);
  }
  checkStarts(starts, family, where, limits.memberStepsMax[family], findings);
  return { starts, lists };
};

/** undefined: it is no base64, or not in its one spelling. */
function octets(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length % 4 !== 0) return undefined;
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(value, 'base64');
  // The decoder passes over what it does not know, takes the letters of base64url and of a letter its last octet alone, and drops bits behind the last octet. Only the end is
  // encoded again: all of it would be another 4 MB of text.
  const isWhole = bytes.length === (value.length / 4) * 3 - padding && /^[A-Za-z0-9+/=]*$/.test(value);
  const end = bytes.subarray(Math.max(0, bytes.length - 3 + padding)).toString('base64');
  if (!isWhole || !value.endsWith(end)) return undefined;
  // Short ones share a pool, where they need not begin at a multiple of four.
  return bytes.byteOffset === 0 && bytes.buffer.byteLength === bytes.length ? bytes : new Uint8Array(bytes);
}

/** Little-endian, as the runtime's platforms are. */
function words(value: unknown): Uint32Array | undefined {
  const bytes = octets(value);
  return bytes === undefined || bytes.length % 4 !== 0 ? undefined : new Uint32Array(bytes.buffer);
}

/** A start that is not above the one before it is a range that stands there twice, or overlaps another. */
function checkStarts(
  starts: Uint32Array,
  family: AddressFamily,
  where: string,
  limit: number,
  findings: FindingList,
): void {
  const width = startWords[family];
  const count = starts.length / width;
  if (count > limit) {
    const message = `${where} has ${count} steps; at most ${limit} are allowed.`;
    findings.add({ reason: 'lists-too-many', message, value: count, limit });
  }
  let disordered = 0;
  for (let at = width; at < starts.length; at += width) {
    const isAbove =
      starts[at]! > starts[at - width]! ||
      (width === 2 && starts[at] === starts[at - width] && starts[at + 1]! > starts[at - 1]!);
    if (!isAbove) disordered += 1;
  }
  if (disordered === 0) return;
  const message = `${disordered} steps of ${where} do not begin behind the one before: ranges are doubled, or overlap.`;
  findings.add({ reason: 'list-order-invalid', message, value: disordered, limit: 0 });
}

function checkValues(file: ListsFile, family: AddressFamily, findings: FindingList): void {
  const strangers = file.networks[family].countries.reduce(
    (sum, place) => (place > file.countries.length ? sum + 1 : sum),
    0,
  );
  const bits = file.names.length === 32 ? 0xffff_ffff : 2 ** file.names.length - 1;
  const nameless = file.members[family].lists.reduce((sum, lists) => ((lists & ~bits) === 0 ? sum : sum + 1), 0);
  if (strangers + nameless === 0) return;
  const message = `${strangers} steps of "networks.${family}" have a country, ${nameless} of "members.${family}" a list that is not named.`;
  findings.add({ reason: 'list-value-invalid', message, value: strangers + nameless, limit: 0 });
}

function checkEmpty({ networks, members }: ListsFile, findings: FindingList): void {
  if (addressFamilies.some((family) => networks[family].starts.length + members[family].starts.length > 0)) return;
  findings.add({ reason: 'lists-empty', message: 'The lists file has no steps at all.', value: 0, limit: 1 });
}

/** One list that holds half of the world says nothing, and a rule on it would refuse everybody. */
function checkWidth(file: ListsFile, findings: FindingList): void {
  const limit = limits.listShareMax;
  for (const family of addressFamilies) {
    for (const [place, value] of sharesHeld(file, family).entries()) {
      if (value <= limit) continue;
      const name = file.names[place]!;
      const message = `The list ${name} holds ${(value * 100).toFixed(0)} % of all ${allOf[family]}; at most ${limit * 100} % are taken.`;
      findings.add({ reason: 'list-too-wide', message, names: [name], value, limit });
    }
  }
}

const allOf = { ipv4: 'IPv4 addresses', ipv6: 'IPv6 addresses that are given out (2000::/3)' } as const;

/** By list: which share of the family's addresses it holds. Of IPv6 only 2000::/3 is given out to anybody, and all of it counts as 1. */
function sharesHeld({ names, members }: ListsFile, family: AddressFamily): readonly number[] {
  const { starts, lists } = members[family];
  const held = names.map(() => 0);
  // Both run from 0 to 1: of IPv6 in units of 2000::/3, where a double is exact to some hundred /64s.
  const position = (step: number): number => {
    if (step >= lists.length) return 1;
    if (family === 'ipv4') return starts[step]! / 2 ** 32;
    const isBefore = starts[step * 2]! < 2 ** 29;
    return isBefore ? 0 : Math.min(1, (starts[step * 2]! - 2 ** 29) / 2 ** 29 + starts[step * 2 + 1]! / 2 ** 61);
  };
  for (let step = 0; step < lists.length; step += 1) {
    const size = position(step + 1) - position(step);
    let bits = lists[step]!;
    for (let place = 0; bits !== 0; place += 1, bits >>>= 1) if ((bits & 1) === 1) held[place]! += size;
  }
  return held;
}

function checkAgainstLast(file: ListsFile, last: ListsFile, findings: FindingList): void {
  for (const family of addressFamilies) {
    for (const column of ['asns', 'countries'] as const) {
      const known = ({ networks }: ListsFile) => knownIn(networks[family][column]);
      checkCount(`"networks.${family}.${column}"`, known(file), known(last), findings);
    }
  }
  const [now, before] = [stepsByName(file), stepsByName(last)];
  for (const [name, steps] of before) {
    const left = now.get(name);
    if (left === 0 && steps > 0) refuseEmptied(name, steps, findings);
    else if (left !== undefined) checkCount(`the list ${name}`, left, steps, findings);
  }
  const gone = last.names.filter((name) => !now.has(name));
  const goneMax = Math.max(1, Math.floor(last.names.length * limits.listNamesShrinkShareMax));
  if (gone.length <= goneMax) return;
  const message = `${gone.length} of the ${last.names.length} lists in force are gone; one file may drop at most ${goneMax}. Go in smaller steps.`;
  findings.add({ reason: 'lists-shrunk', message, names: gone, value: gone.length, limit: goneMax });
}

/** Steps of which it is known. */
function knownIn(values: Uint32Array | Uint8Array): number {
  let known = 0;
  for (const value of values) if (value !== 0) known += 1;
  return known;
}

function checkCount(what: string, value: number, before: number, findings: FindingList): void {
  const limit = before - Math.floor(before * limits.listsShrinkShareMax);
  if (before < limits.listsShrinkStepsMin || value >= limit) return;
  const message = `${what} has ${value} steps; the file in force has ${before}, and no file loses more than half of them. Was a source cut short?`;
  findings.add({ reason: 'lists-shrunk', message, value, limit });
}

/** However small it was: while the name stands, `!("office" in ip.lists)` holds for everybody. */
function refuseEmptied(name: string, before: number, findings: FindingList): void {
  const message = `The list ${name} is empty; in the file in force it has ${before} steps. To give it up, leave its name out: rules on it are unknown then.`;
  findings.add({ reason: 'lists-shrunk', message, names: [name], value: 0, limit: 1 });
}

/** By list: steps in which it is, of both families. */
function stepsByName({ names, members }: ListsFile): ReadonlyMap<string, number> {
  const counts = names.map(() => 0);
  for (const family of addressFamilies) {
    for (const each of members[family].lists) {
      let bits = each;
      for (let place = 0; bits !== 0; place += 1, bits >>>= 1) if ((bits & 1) === 1) counts[place]! += 1;
    }
  }
  return new Map(names.map((name, place) => [name, counts[place]!]));
}
