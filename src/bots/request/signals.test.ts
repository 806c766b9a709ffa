import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkKey, networkLookupKey } from '../../address/index.ts';
import {
  type SignalFigure,
  type SignalsFile,
  type SignalTable,
  type SignalTableName,
  signalFigures,
  signalTables,
} from '../../contract/kinds/signalsFile.ts';
import { requestHead } from '../../http/index.ts';
import { ClientWindows } from '../clients/clientWindows.ts';
import { extractors } from '../extractors/registry.ts';
import { headerOrderHash } from '../facts/headerOrder.ts';
import { CheckedParameters } from './extractor.ts';
import { RequestFacts } from './requestFacts.ts';
import { compileSignals, noSignals } from './signals.ts';

const ja4 = 't13d1516h2_8daaf6152771_02713d6af862';
const head = requestHead({
  method: 'GET',
  target: '/',
  version: '1.1',
  rawHeaders: ['Host', 'shop.example', 'Accept', '*/*', 'User-Agent', 'x'],
  scheme: 'https',
  clientAddress: '192.0.2.77',
  handshake: { ja4, http2: null },
});

function table(...keys: string[]): SignalTable {
  const lists = signalFigures.map((figure, place) => [figure, keys.map((_, row) => (place + 1) / 10 + row)]);
  return { keys, ...Object.fromEntries(lists) };
}

const file: SignalsFile = {
  schema: 1,
  windowEndMs: 1,
  ja4: table('t13d1516h2_000000000000_000000000000', ja4),
  headerOrder: table(headerOrderHash(head)),
  network: table('192.0.2.0/24'),
  asn: table('3320'),
};

function signal(facts: RequestFacts, table: SignalTableName, figure: SignalFigure): number {
  return facts.signal(signalTables.indexOf(table), signalFigures.indexOf(figure));
}

test('a request is looked up in every table by its own key', () => {
  const facts = new RequestFacts(head, compileSignals(file));
  assert.equal(signal(facts, 'ja4', 'browserShare'), Math.fround(1.1));
  assert.equal(signal(facts, 'ja4', 'addressRank'), Math.fround(1.8));
  assert.equal(signal(facts, 'headerOrder', 'heuristicShare'), Math.fround(0.2));
  assert.equal(signal(facts, 'network', 'http2Share'), Math.fround(0.3));
});

test('what was not seen, what has no key and what has no signals is missing, never zero', () => {
  const signals = compileSignals(file);
  const other = requestHead({
    ...head,
    clientAddress: '198.51.100.1',
    handshake: null,
    rawHeaders: [],
    authority: 'a',
  });
  for (const [facts, name] of [
    [new RequestFacts(other, signals), 'ja4'],
    [new RequestFacts(other, signals), 'network'],
    [new RequestFacts(other, signals), 'headerOrder'],
    [new RequestFacts(head, signals), 'asn'],
    [new RequestFacts(head, noSignals), 'ja4'],
    [new RequestFacts(head), 'network'],
  ] as const) {
    assert.ok(Number.isNaN(signal(facts, name, 'requestRank')), name);
  }
});

test('a network is a /24 or a /48, one spelling each, and nonsense has none', () => {
  assert.equal(networkKey('192.0.2.77'), '192.0.2.0/24');
  assert.equal(networkKey('::ffff:192.0.2.77'), '192.0.2.0/24');
  assert.equal(networkKey('2001:db8::1'), '2001:db8:0::/48');
  assert.equal(networkKey('2001:DB8:0:7::1'), '2001:db8:0::/48');
  assert.equal(networkLookupKey('192.0.2.77'), networkLookupKey('192.0.2.0'));
  assert.equal(networkLookupKey('::ffff:192.0.2.77'), networkLookupKey('192.0.2.1'));
  assert.notEqual(networkLookupKey('192.0.2.77'), networkLookupKey('192.0.3.77'));
  assert.equal(networkLookupKey('2001:db8::1'), '2001:db8:0::/48');
  for (const text of ['', 'unknown', 'a:b', '_hidden', '1.2']) assert.equal(networkKey(text), null, text);
});

test('each extractor of signals reads the figure that its name says', () => {
  const facts = new RequestFacts(head, compileSignals(file));
  const window = new ClientWindows({ clientsMax: 1 }).observe(head, 0);
  const read = (name: string) => extractors.get(name)!.compile(new CheckedParameters(new Map()))(facts, window);
  const figures = ['browser-share', 'heuristic-share', 'http2-share', 'request-quantile', 'request-rank'];
  const all = [...figures, 'user-agent-rank', 'path-rank', 'address-rank'];
  for (const [place, name] of all.entries()) {
    assert.equal(read(`ja4-${name}`), Math.fround((place + 1) / 10 + 1), name);
    assert.equal(read(`header-hash-${name}`), Math.fround((place + 1) / 10), name);
  }
  assert.equal(read('network-request-quantile'), Math.fround(0.4));
  assert.ok(Number.isNaN(read('asn-browser-share')));
});
