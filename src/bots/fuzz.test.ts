import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RequestHead, requestHead } from '../http/index.ts';
import { type Random, seededRandom } from '../kernel/random.ts';
import { ClientWindows } from './clients/clientWindows.ts';
import { extractors } from './extractors/registry.ts';
import { compileFeatures } from './featureSet.ts';
import { hitHeuristics } from './heuristics.ts';
import { RequestFacts } from './request/requestFacts.ts';
import { definition, shippedFeatures } from './testing/features.ts';
import { chromeRequests, chromeUserAgent, firefoxRequests, headOf, toolRequests } from './testing/heads.ts';

/*
 * Nothing that arrives may make a feature throw, whatever a codec lets through: this feeds heads that no codec would.
 */
const seed = Number(process.env.SEED ?? 11);
const count = 20_000;

const known = [chromeRequests, firefoxRequests, toolRequests(null), toolRequests(chromeUserAgent)]
  .flatMap((requests) => Object.values(requests))
  .map((text) => headOf(text));
const hostileNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '\0',
  'é',
  'sec-ch-ua',
];
const hostileTexts = [
  '',
  '\0'.repeat(50),
  'a'.repeat(70_000),
  '"'.repeat(3_000),
  ','.repeat(3_000),
  '('.repeat(3_000),
  '%'.repeat(3_000),
  '/'.repeat(3_000),
  'bot '.repeat(2_000),
  'Chrome/99999999999999999999',
  'Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/-1 Safari/NaN Firefox/',
  '"Chromium";v="99999999999"',
  '\ud800\udfff\uffff',
  '=?;q=9e999,*;q=-1',
  'http://',
  '//',
];

test('no feature and no heuristic throws on rubbish, and every value is in range or missing', () => {
  const random = seededRandom(seed);
  const features = compileFeatures(shippedFeatures());
  const ranges = shippedFeatures().features.map(({ range }) => range);
  const everything = compileFeatures({ schema: 1, features: [...extractors.keys()].map(unbounded) });
  const windows = new ClientWindows({ clientsMax: 100 });
  const vector = new Float32Array(features.size);
  const all = new Float32Array(everything.size);
  for (let index = 0; index < count; index += 1) {
    const head = rubbish(random);
    const window = windows.observe(head, random.next() * 1e6);
    features.fill(head, window, vector);
    everything.fill(head, window, all);
    assert.ok(hitHeuristics(new RequestFacts(head)).length >= 0);
    for (let position = 0; position < vector.length; position += 1) {
      const value = vector[position]!;
      const [min, max] = ranges[position]!;
      const isFine = Number.isNaN(value) || (value >= Math.fround(min) && value <= Math.fround(max));
      assert.ok(isFine, `seed ${seed}, head ${index}: ${features.names[position]} = ${value}`);
    }
  }
});

test('a fat head costs milliseconds at most', () => {
  const features = compileFeatures(shippedFeatures());
  const vector = new Float32Array(features.size);
  for (const text of hostileTexts) {
    const head = requestHead({
      method: 'GET',
      target: `/${text}`,
      version: '1.1',
      rawHeaders: known[0]!.rawHeaders.map((part, index) => (index % 2 === 0 ? part : text)),
      scheme: 'http',
      clientAddress: text,
    });
    const before = process.cpuUsage();
    features.fill(head, new ClientWindows({ clientsMax: 1 }).observe(head, 0), vector);
    // Processor time: the machine may be busy with something else.
    assert.ok(process.cpuUsage(before).user < 100_000, text.slice(0, 20));
  }
});

function unbounded(name: string) {
  const parameters: Record<string, string | number | readonly string[]> = {};
  for (const [parameter, spec] of Object.entries(extractors.get(name)!.parameters)) {
    if (spec.kind === 'number') parameters[parameter] = 150;
    else parameters[parameter] = spec.kind === 'header-names' || spec.kind === 'texts' ? ['accept'] : 'accept';
  }
  return definition(name, { parameters });
}

/** A known head with some of its parts exchanged, doubled, cut, or replaced by what nobody should send. */
function rubbish(random: Random): RequestHead {
  const base = known[Math.floor(random.next() * known.length)]!;
  const rawHeaders: string[] = [];
  for (let index = 0; index < base.rawHeaders.length; index += 2) {
    if (random.next() < 0.1) continue;
    const name = random.next() < 0.1 ? pick(random, hostileNames) : base.rawHeaders[index]!;
    rawHeaders.push(name, mutated(random, base.rawHeaders[index + 1]!));
    if (random.next() < 0.05) rawHeaders.push(name, pick(random, hostileTexts));
  }
  if (random.next() < 0.01) rawHeaders.push('odd');
  return requestHead({
    method: random.next() < 0.9 ? base.method : pick(random, hostileTexts),
    target: mutated(random, base.target),
    version: base.version,
    rawHeaders,
    scheme: random.next() < 0.5 ? 'http' : 'https',
    clientAddress: random.next() < 0.9 ? `192.0.2.${Math.floor(random.next() * 256)}` : pick(random, hostileTexts),
  });
}

function mutated(random: Random, text: string): string {
  const draw = random.next();
  if (draw < 0.6) return text;
  if (draw < 0.7) return pick(random, hostileTexts);
  const at = Math.floor(random.next() * text.length);
  if (draw < 0.8) return text.slice(0, at);
  const bytes = String.fromCharCode(...Array.from({ length: 8 }, () => Math.floor(random.next() * 256)));
  return text.slice(0, at) + bytes + text.slice(at + (draw < 0.9 ? 0 : 8));
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random.next() * list.length)]!;
}
