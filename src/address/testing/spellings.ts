import { isIP } from 'node:net';
import type { Chance } from '../../kernel/chance.ts';

/*
 * Addresses as whole numbers of 128 bits, IPv4 ones behind ::ffff:0:0, and the ways in which people and programs write them.
 * Shares nothing with the reader that it judges.
 */
const mappedFirst = 0xffffn << 32n;
const edgeBytes = [0, 1, 9, 10, 99, 100, 127, 192, 199, 200, 249, 250, 255] as const;
const edgeGroups = [0, 0, 0, 1, 0xf, 0x10, 0xff, 0x100, 0xfff, 0x1000, 0xdb8, 0x2001, 0xfe80, 0xffff] as const;

export function isMapped(value: bigint): boolean {
  return value >> 32n === 0xffffn;
}

export function drawAddress(chance: Chance): bigint {
  const ipv4 = () =>
    groupsToNumber(
      Array.from({ length: 4 }, () => BigInt(chance.pick(edgeBytes))),
      8n,
    );
  const groups = () => Array.from({ length: 8 }, () => BigInt(chance.pick(edgeGroups)));
  switch (chance.whole(0, 10)) {
    case 0:
    case 1:
    case 2:
      return mappedFirst | ipv4();
    case 3:
      return mappedFirst | BigInt(chance.whole(0, 0xffffffff));
    // IPv4-compatible ones, and what lies around the mapped ones.
    case 4:
      return ipv4();
    case 5:
      return (chance.pick([0xfffen, 0x1ffffn, 0xffff0000n, (1n << 80n) | 0xffffn, 0x64ff9bn << 64n]) << 32n) | ipv4();
    case 6:
      return groupsToNumber(
        Array.from({ length: 8 }, () => BigInt(chance.whole(0, 0xffff))),
        16n,
      );
    // Nowhere, this machine (in both families), a link's own, and the last one of all.
    case 7:
      return chance.pick([0n, 1n, 0xffff7f000001n, (0xfe80n << 112n) | 1n, (1n << 128n) - 1n]);
    default:
      return groupsToNumber(groups(), 16n);
  }
}

/** One of the valid ways to write it. */
export function spell(chance: Chance, value: bigint): string {
  return isMapped(value) && chance.happens(0.4) ? dotted(value) : spellAsIpv6(chance, value);
}

export function spellAsIpv6(chance: Chance, value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, place) => (value >> BigInt(112 - place * 16)) & 0xffffn);
  const endsDotted = chance.happens(isMapped(value) ? 0.6 : 0.25);
  const written = groups.slice(0, endsDotted ? 6 : 8);
  const texts = written.map((group) => {
    const bare = group.toString(16);
    const text = bare.padStart(chance.whole(bare.length, 4), '0');
    return [...text].map((digit) => (chance.happens(0.5) ? digit.toUpperCase() : digit)).join('');
  });
  if (endsDotted) texts.push(dotted(value));
  const zeros = written.flatMap((group, place) => (group === 0n ? [place] : []));
  if (zeros.length === 0 || chance.happens(0.2)) return texts.join(':');
  const from = chance.pick(zeros);
  let to = from + 1;
  while (written[to] === 0n && chance.happens(0.8)) to += 1;
  return `${texts.slice(0, from).join(':')}::${texts.slice(to).join(':')}`;
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}

const strays = [...'0123456789abcdefABCDEFgx:.%/[] +-_', '::', '00', '0x', '\u0661', '\uff11', '\0'];

/** What is written nearly like an address, or is one to other software alone. */
export function misspell(chance: Chance, value: bigint): string {
  const text = spell(chance, value);
  const parts = dotted(value).split('.');
  const at = chance.whole(0, text.length);
  const part = chance.whole(0, 3);
  const withPart = (written: string) => parts.map((each, place) => (place === part ? written : each)).join('.');
  switch (chance.whole(0, 11)) {
    case 0:
      return text + chance.pick(['%eth0', '%1', '%', '%25eth0', '%eth0%1', `%${'x'.repeat(40)}`]);
    // Octal, hexadecimal, padded, and too large.
    case 1:
      return withPart(`0${Number(parts[part]).toString(8)}`);
    case 2:
      return withPart(`0x${Number(parts[part]).toString(16)}`);
    case 3:
      return withPart(parts[part]!.padStart(chance.whole(2, 5), '0'));
    case 4:
      return withPart(String(256 + Number(parts[part])));
    // `127.1`, `2130706433`, `0x7f000001`, and five parts.
    case 5:
      return [...parts.slice(0, part), Number(value & ((1n << BigInt(8 * (4 - part))) - 1n))].join('.');
    case 6:
      return chance.pick([`0x${(value & 0xffffffffn).toString(16)}`, `0${(value & 0xffffffffn).toString(8)}`]);
    case 7:
      return chance.pick([[...parts, '1'], ['', ...parts], [...parts, ''], parts.slice(1)]).join('.');
    case 8:
      return text.slice(0, at) + chance.pick(strays) + text.slice(at);
    case 9:
      return text.slice(0, at) + text.slice(at + 1);
    case 10:
      return chance.pick([`[${text}]`, `${text}:`, `:${text}`, `${text}::`, `0${text}`, `${text}:1`, `${text}.`]);
    default:
      return chance.pick([
        '',
        ':',
        ':::',
        '.',
        'unknown',
        '_hidden',
        '/run/x.sock',
        'fe80',
        ':'.repeat(50),
        `::${'0'.repeat(60)}`,
      ]);
  }
}

/** Of whom a text speaks, as Node and the URL standard say; undefined: of nobody. A zone is of this machine and not looked at. */
export function judge(text: string): bigint | undefined {
  const family = text.includes('%') ? 0 : isIP(text);
  if (family === 0) return undefined;
  if (family === 4) return mappedFirst | groupsToNumber(text.split('.').map(BigInt), 8n);
  const [front = '', back] = urlSpelling(text).split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => BigInt(`0x${group}`)));
  const [before, after] = [numbers(front), numbers(back ?? '')];
  const missing = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return groupsToNumber([...before, ...missing, ...after], 16n);
}

/** As everybody shall write it. The URL standard has RFC 5952's spelling, and writes mapped addresses without dots. */
export function spellOnce(value: bigint): string {
  if (isMapped(value)) return dotted(value);
  return urlSpelling(
    value
      .toString(16)
      .padStart(32, '0')
      .replace(/(.{4})(?=.)/g, '$1:'),
  );
}

function urlSpelling(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

function groupsToNumber(groups: readonly bigint[], bits: bigint): bigint {
  return groups.reduce((sum, group) => (sum << bits) | group, 0n);
}
