import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { listsOf } from '../../test/support/lists.ts';
import { head } from '../../test/support/ruleSamples.ts';
import { Signals } from '../bots/index.ts';
import { isReachableHost } from '../bundles/index.ts';
import { readConfig } from '../config/index.ts';
import { signalFigures } from '../contract/kinds/signalsFile.ts';
import { TrustedPeers } from '../edge/listen/trustedPeers.ts';
import { Chance } from '../kernel/chance.ts';
import { seededRandom } from '../kernel/random.ts';
import { AddressLists, unlisted } from '../lists/index.ts';
import { intervalOfNetwork, intervalOfRange, readRanges, readTable } from '../lists/make/index.ts';
import { readOperatorRanges } from '../replay/judge/operators.ts';
import { parseCombinedLine } from '../replay/log/combinedLine.ts';
import { compileExpression, type EvaluationInput } from '../rules/compileExpression.ts';
import { checkExpression } from '../rules/index.ts';
import { RangeSet, readPublishedRanges, reverseName } from '../verified/index.ts';
import { readProxyHeader } from '../wire/index.ts';
import {
  addressKey,
  addressText,
  addressWords,
  canonicalAddress,
  isAddress,
  isLoopback,
  networkHolds,
  networkKey,
  networkLookupKey,
  peerAddressText,
  readAddress,
  readNetwork,
} from './index.ts';
import { drawAddress, isMapped, judge, misspell, spell, spellAsIpv6, spellOnce } from './testing/spellings.ts';

const seed = 5952;
const rounds = 1_000;
const spellingsPerRound = 120;
const networksPerRound = 20;

/** Whose address a text is and whether it is one, by everybody who gives an address out again. */
const readers: Readonly<Record<string, (text: string) => string | undefined>> = {
  'the reader': (text) => {
    const words = addressWords();
    return readAddress(text, words) === 0 ? undefined : addressText(words);
  },
  'the one spelling': canonicalAddress,
  'a PROXY header': (text) => {
    const family = text.includes(':') ? 'TCP6' : 'TCP4';
    const line = `PROXY ${family} ${text} ${family === 'TCP6' ? '::1' : '127.0.0.1'} 1 2\r\n`;
    const read = readProxyHeader(Buffer.from(line));
    return read.kind === 'done' ? read.source?.address : undefined;
  },
  'a chain of proxies': (text) => {
    // A list may have spaces around its members, and a member a port or brackets: they are of the chain, not of the address.
    if (/^\s|\s$|^\[|^[^:]+:\d+$/.test(text)) return canonicalAddress(text);
    const visitor = new TrustedPeers(['198.18.7.7']).visitorAddress('198.18.7.7', text);
    return visitor === '198.18.7.7' ? undefined : visitor;
  },
  'a replayed log': (text) => {
    const line = parseCombinedLine(`${text} - - [10/Oct/2026:13:55:36 -0700] "GET / HTTP/1.1" 200 1 "-" "-"`);
    return line.ok ? line.value.clientAddress : undefined;
  },
};

/** Networks as everybody reads them who takes one: whether it is one. */
const networkReaders: Readonly<Record<string, (cidr: string) => boolean>> = {
  'the reader': (cidr) => readNetwork(cidr) !== undefined,
  'makers of lists': (cidr) => intervalOfNetwork(cidr) !== undefined,
  rules: (cidr) => checkExpression(`request.client.inNetwork(${JSON.stringify(cidr)})`).ok,
  'trusted proxies': (cidr) => {
    try {
      return new TrustedPeers([cidr]).has('192.0.2.1') !== undefined;
    } catch {
      return false;
    }
  },
};

test(`${rounds * spellingsPerRound} spellings of addresses: everybody reads them alike, or refuses them alike`, () => {
  const chance = new Chance(seededRandom(seed));
  let valid = 0;
  for (let round = 0; round < rounds; round += 1) {
    const base = drawAddress(chance);
    const network = drawNetwork(chance, base);
    const says = `seed ${seed}, round ${round}`;
    const holders = holdersOf(network.text, says);
    for (let turn = 0; turn < spellingsPerRound; turn += 1) {
      const [text, meant] = drawSpelling(chance, base, network);
      const value = judge(text);
      const where = `${says}: ${JSON.stringify(text)}`;
      if (meant !== undefined) assert.equal(value, meant, `${where}: the two oracles`);
      if (value !== undefined) valid += 1;
      const spelling = value === undefined ? undefined : spellOnce(value);
      for (const [who, read] of Object.entries(readers)) assert.equal(read(text), spelling, `${who}, ${where}`);
      checkKeys(text, value, where);
      checkAnswers(text, value, where);
      for (const [who, holds] of Object.entries(holders)) {
        const isIn = value !== undefined && isWithin(network, value, who === 'lists' ? 64 : 128);
        const wanted = value === undefined && who === 'rules' ? undefined : isIn;
        // As one interval a wide IPv6 network would hold all of IPv4: ranges leave it out.
        if (who === 'verified bots' && surroundsIpv4(network)) assert.equal(holds(text), false, `${who}, ${where}`);
        else assert.equal(holds(text), wanted, `${who}, ${where} in ${network.text}`);
      }
      if (value !== undefined && turn % 8 === 0) checkWithBlockList(network, value, where);
    }
  }
  assert.ok(valid > rounds * spellingsPerRound * 0.6 && valid < rounds * spellingsPerRound * 0.95, `${valid}`);
});

test(`${rounds * networksPerRound} spellings of networks: everybody takes them alike, or refuses them alike`, () => {
  const chance = new Chance(seededRandom(seed + 1));
  for (let round = 0; round < rounds; round += 1) {
    const says = `seed ${seed + 1}, round ${round}`;
    const cidrs: string[] = [];
    for (let turn = 0; turn < networksPerRound; turn += 1) {
      const address = chance.happens(0.8) ? spell(chance, drawAddress(chance)) : misspell(chance, drawAddress(chance));
      const bits = chance.happens(0.9)
        ? `/${chance.whole(0, 130)}`
        : chance.pick(['', '/', '/08', '/-1', '/1e1', '/8/8', '/128 ', '/ 8']);
      cidrs.push(address + bits);
    }
    for (const cidr of cidrs) checkNetwork(cidr, `${says}: ${JSON.stringify(cidr)}`);
    // Whole files cost more: a few of them.
    if (round % 100 === 0) checkFiles(cidrs, says);
  }
});

test('the windows, ranges and names of verified bots know an address by any of its spellings', () => {
  const chance = new Chance(seededRandom(seed + 2));
  for (let round = 0; round < 1_000; round += 1) {
    const value = drawAddress(chance);
    const [one, other] = [spell(chance, value), spell(chance, value)];
    assert.deepEqual(addressKey(one), addressKey(other));
    assert.equal(reverseName(one), reverseName(other));
    const zoned = isMapped(value) ? spellAsIpv6(chance, value) : one;
    assert.equal(
      peerAddressText(`${zoned}%eth0`),
      spellOnce(value),
      'our own socket says of its peer which card it came by',
    );
    const nibbles = [...value.toString(16).padStart(32, '0')].reverse().join('.');
    if (!isMapped(value)) assert.equal(reverseName(one), `${nibbles}.ip6.arpa`);
    else assert.equal(reverseName(one), `${spellOnce(value).split('.').reverse().join('.')}.in-addr.arpa`);
  }
});

interface Drawn {
  readonly text: string;
  readonly isIpv4: boolean;
  /** Among 128. */
  readonly bits: number;
  readonly first: bigint;
}

function drawNetwork(chance: Chance, base: bigint): Drawn {
  const isIpv4 = isMapped(base);
  const bits = isIpv4
    ? chance.whole(96, 128)
    : chance.pick([0, 16, 32, 48, 63, 64, 65, 95, 96, 127, 128, chance.whole(0, 128)]);
  const text = spell(chance, base);
  const written = bits === 128 && chance.happens(0.5) ? '' : `/${text.includes(':') ? bits : bits - 96}`;
  return { text: text + written, isIpv4, bits, first: (base >> BigInt(128 - bits)) << BigInt(128 - bits) };
}

/** A text, and whose it is where that is known from how it was made. */
function drawSpelling(chance: Chance, base: bigint, { bits }: Drawn): readonly [string, bigint?] {
  const draw = chance.next();
  if (draw < 0.25) return [misspell(chance, base)];
  // One bit beside it, mostly where the network ends.
  const bit = chance.happens(0.5) ? Math.min(127, Math.max(0, bits - chance.whole(0, 1))) : chance.whole(0, 127);
  const value = draw < 0.5 ? base : draw < 0.85 ? base ^ (1n << BigInt(127 - bit)) : drawAddress(chance);
  return [spell(chance, value), value];
}

/** Whether an address is in a network, where both are looked at by their first `bitsMax` bits if they are IPv6. */
function isWithin({ isIpv4, bits, first }: Drawn, value: bigint, bitsMax: number): boolean {
  if (isMapped(value) !== isIpv4) return false;
  const shift = BigInt(128 - (isIpv4 ? bits : Math.min(bits, bitsMax)));
  return value >> shift === first >> shift;
}

function surroundsIpv4({ isIpv4, bits, first }: Drawn): boolean {
  const mapped = 0xffffn << 32n;
  return !isIpv4 && bits < 96 && mapped >> BigInt(128 - bits) === first >> BigInt(128 - bits);
}

/** Everybody who holds networks, with this one in it. */
function holdersOf(cidr: string, says: string): Readonly<Record<string, (text: string) => boolean | undefined>> {
  const network = readNetwork(cidr);
  assert.ok(network !== undefined, `${says}: ${cidr}`);
  const words = addressWords();
  const checked = checkExpression(`request.client.inNetwork(${JSON.stringify(cidr)})`);
  assert.ok(checked.ok, `${says}: ${cidr}`);
  const rule = compileExpression(checked.value);
  const input: EvaluationInput = {
    head: head({}),
    score: undefined,
    source: undefined,
    verified: undefined,
    operator: undefined,
    category: undefined,
    heuristics: undefined,
    address: unlisted,
  };
  const ranges = new RangeSet([cidr]);
  const lists = new AddressLists(listsOf([[cidr, 'office']]));
  const trusted = new TrustedPeers([cidr]);
  return {
    'the reader': (text) => readAddress(text, words) !== 0 && networkHolds(network, words),
    rules: (text) => {
      input.head = head({ clientAddress: text });
      return rule(input) as boolean | undefined;
    },
    'verified bots': (text) => ranges.has(text),
    'trusted proxies': (text) => trusted.has(text),
    lists: (text) => lists.of(text).isIn('office'),
  };
}

/** What clients and networks are counted by. */
function checkKeys(text: string, value: bigint | undefined, where: string): void {
  const key = addressKey(text);
  const network = networkKey(text);
  const lookup = networkLookupKey(text);
  if (value === undefined) {
    assert.equal(key.high, 1, where);
    assert.equal(network, null, where);
    assert.equal(lookup, null, where);
  } else if (isMapped(value)) {
    const number = Number(value & 0xffffffffn);
    assert.deepEqual(key, { high: 4, low: number }, where);
    assert.equal(network, `${spellOnce(value).replace(/\d+$/, '0')}/24`, where);
    assert.equal(lookup, Math.floor(number / 256), where);
  } else {
    assert.deepEqual(key, { high: Number(value >> 96n), low: Number((value >> 64n) & 0xffffffffn) }, where);
    const groups = [112n, 96n, 80n].map((shift) => ((value >> shift) & 0xffffn).toString(16));
    assert.equal(network, `${groups.join(':')}::/48`, where);
    assert.equal(lookup, network, where);
  }
}

/** Questions with yes or no, and tables of ranges. */
function checkAnswers(text: string, value: bigint | undefined, where: string): void {
  assert.equal(isAddress(text), value !== undefined, where);
  const isOwn = value !== undefined && (value === 1n || value >> 24n === 0xffff7fn);
  assert.equal(isLoopback(text), isOwn, where);
  const bracketed = text.toLowerCase();
  const isHost = value !== undefined && text.includes(':');
  assert.equal(isReachableHost(`[${bracketed}]`), isHost, where);
  const interval = intervalOfRange(text, text);
  const wanted = value === undefined ? undefined : isMapped(value) ? value & 0xffffffffn : value >> 64n;
  assert.equal(interval?.first, wanted, where);
  assert.equal(interval?.last, wanted, where);
  assert.equal(interval?.family, value === undefined ? undefined : isMapped(value) ? 'ipv4' : 'ipv6', where);
  // Lines are trimmed, and a comma ends a field.
  if (!/^\s|\s$/.test(text)) assert.equal(readTable(`${text},${text},DE`).ok, value !== undefined, where);
}

/** Node's own, which knows IPv4 behind IPv6 as well. */
function checkWithBlockList(network: Drawn, value: bigint, where: string): void {
  if (isMapped(value) !== network.isIpv4) return;
  const list = new BlockList();
  const family = network.isIpv4 ? 'ipv4' : 'ipv6';
  if (network.bits === (network.isIpv4 ? 96 : 0)) return;
  list.addSubnet(spellOnce(network.first), network.isIpv4 ? network.bits - 96 : network.bits, family);
  assert.equal(
    list.check(spellOnce(value), family),
    isWithin(network, value, 128),
    `Node, ${where} in ${network.text}`,
  );
}

function checkNetwork(cidr: string, where: string): void {
  const [address = '', bits, ...rest] = cidr.split('/');
  const value = rest.length > 0 ? undefined : judge(address);
  const before = address.includes(':') ? 0 : 96;
  const total = bits === undefined ? 128 : /^(0|[1-9]\d*)$/.test(bits) ? before + Number(bits) : 999;
  const isOne = value !== undefined && total <= 128 && !(isMapped(value) && total < 96);
  for (const [who, takes] of Object.entries(networkReaders)) assert.equal(takes(cidr), isOne, `${who}, ${where}`);
  const ranges = new RangeSet([cidr]);
  const drawn = { text: cidr, isIpv4: isOne && isMapped(value), bits: total, first: value ?? 0n };
  assert.equal(ranges.refused, isOne && !surroundsIpv4(drawn) ? 0 : 1, `verified bots, ${where}`);
  const published = readPublishedRanges(Buffer.from(JSON.stringify([cidr])));
  const isNarrow = isOne && !surroundsIpv4(drawn) && (drawn.isIpv4 ? total >= 96 + 8 : total >= 24);
  assert.equal(published.ok, isNarrow, `published ranges, ${where}`);
  if (!isOne) return;
  const free = BigInt(128 - total);
  const [first, last] = [(value >> free) << free, ((value >> free) << free) | ((1n << free) - 1n)];
  const network = readNetwork(cidr)!;
  const number = (words: Uint32Array) => words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
  assert.deepEqual([number(network.first), number(network.last)], [first, last], where);
  assert.equal(network.bits, drawn.isIpv4 ? total - 96 : total, where);
  const interval = intervalOfNetwork(cidr)!;
  const kept = (of: bigint) => (drawn.isIpv4 ? of & 0xffffffffn : of >> 64n);
  assert.deepEqual([interval.first, interval.last], [kept(first), kept(last)], where);
}

/** Readers of whole files name the line that they refuse. */
function checkFiles(cidrs: readonly string[], says: string): void {
  const good = cidrs.filter((cidr) => readNetwork(cidr) !== undefined);
  const config = readConfig(
    `trustedProxies:\n${cidrs.map((cidr) => `  - ${JSON.stringify(cidr)}\n`).join('')}sites: []\n`,
  );
  const refused = config.ok ? [] : config.error.filter(({ message }) => /no network|must be/.test(message));
  assert.deepEqual(
    refused.map(({ line }) => cidrs[line - 2]),
    cidrs.filter((cidr) => !good.includes(cidr)),
    says,
  );
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-ranges-'));
  try {
    mkdirSync(join(folder, 'bing'));
    for (const cidr of cidrs.filter((each) => each.trim() === each && !each.includes('\n'))) {
      writeFileSync(join(folder, 'bing/ipv6_merged.txt'), `192.0.2.1\n${cidr}\n`);
      const isGood = cidr === '' || good.includes(cidr);
      assert.equal(readOperatorRanges(folder).ok, isGood, `${says}: ${cidr}`);
      if (/^[^#,;\s]+$/.test(cidr)) assert.equal(readRanges(`${cidr}\n`).ok, isGood, `${says}: ${cidr}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a row of signals is found by any spelling of an address in its network', () => {
  const chance = new Chance(seededRandom(seed + 3));
  const table = (keys: readonly string[]) => ({
    keys,
    ...Object.fromEntries(signalFigures.map((figure) => [figure, keys.map(() => 1)])),
  });
  for (let round = 0; round < 300; round += 1) {
    const value = drawAddress(chance);
    const key = networkKey(spell(chance, value))!;
    const file = {
      schema: 1,
      windowEndMs: 0,
      ja4: table([]),
      headerOrder: table([]),
      network: table([key]),
      asn: table([]),
    };
    const signals = new Signals(file as never);
    assert.equal(signals.row(2, networkLookupKey(spell(chance, value))), 0, key);
    assert.equal(signals.row(2, networkLookupKey(misspell(chance, 0n).concat('?'))), -1, key);
  }
});
