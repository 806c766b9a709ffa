import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestHead } from '../../http/buildRequestHead.ts';
import { seededRandom } from '../../kernel/random.ts';
import { unlisted } from '../../lists/index.ts';
import { emptyActiveSet } from '../activeSet/activeSet.ts';
import { passed } from '../modules/rules/rulesSlot.ts';
import { type AccessRecord, accessLine } from './accessLine.ts';
import type { Judgement } from './judgement.ts';
import { accessLimits } from './limits.ts';

const identity = { edge: 'edge-1', worker: 2 };
const absent: Judgement = {
  set: emptyActiveSet,
  site: undefined,
  address: unlisted,
  verdict: { kind: 'absent', reason: 'killed' },
  outcome: passed,
  shadowScore: null,
};

function record(target: string, rawHeaders: readonly string[], judgement: Judgement = absent): AccessRecord {
  const head = requestHead({
    method: 'GET',
    target,
    version: '1.1',
    rawHeaders: ['Host', 'Shop.example:8443', ...rawHeaders],
    scheme: 'https',
    clientAddress: '192.0.2.7',
  });
  return { head, judgement, status: 200, bytes: 130, atMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6), durationMs: 1.23456 };
}

function read(line: string): Record<string, unknown> {
  assert.ok(line.endsWith('\n') && !line.slice(0, -1).includes('\n'), 'one line');
  return JSON.parse(Buffer.from(line).toString('utf8')) as Record<string, unknown>;
}

test('a line says what was asked, by whom, what became of it and why', () => {
  const scored: Judgement = {
    ...absent,
    verdict: {
      kind: 'scored',
      score: 1,
      source: 'heuristics',
      heuristics: ['tool-user-agent'],
      vector: new Float32Array(),
      verified: false,
    },
    outcome: { ...passed, action: 'block', rule: 'block bots' },
  };
  const headers = ['User-Agent', 'curl/8', 'Referer', 'https://a.example/', 'X-Request-Id', 'r-1'];
  const trace = ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'];
  assert.deepEqual(read(accessLine(identity, record('/a/b?c=d&e', [...headers, ...trace], scored))), {
    at: '2026-01-02T03:04:05.006Z',
    edge: 'edge-1',
    worker: 2,
    client_address: '192.0.2.7',
    site: '',
    scheme: 'https',
    host: 'shop.example',
    protocol: 'HTTP/1.1',
    method: 'GET',
    path: '/a/b',
    query: 'c=d&e',
    status: 200,
    bytes: 130,
    duration_ms: 1.235,
    score: 1,
    score_absent_reason: null,
    source: 'heuristics',
    action: 'block',
    rule: 'block bots',
    user_agent: 'curl/8',
    referrer: 'https://a.example/',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    request_id: 'r-1',
  });
});

test('an absent score is absent, and says why; what was not sent is null', () => {
  const line = read(accessLine(identity, record('/', [])));
  assert.deepEqual(
    [line.score, line.score_absent_reason, line.user_agent, line.trace_id, line.request_id, line.referrer],
    [null, 'killed', null, null, null, null],
  );
});

test('whatever octets a visitor sends, a line is valid JSON, one line, and gives them back', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 2_000; round++) {
    const octets = Array.from({ length: 20 }, () => String.fromCharCode(Math.floor(random.next() * 256))).join('');
    const line = read(accessLine(identity, record(`/${octets.replaceAll('?', '')}`, ['User-Agent', octets])));
    assert.equal(line.user_agent, octets);
    assert.equal(line.path, `/${octets.replaceAll('?', '')}`);
  }
});

test('long texts are cut, and the worst of them still make one write to a pipe', () => {
  for (const worst of ['a', '\u0001', 'ÿ', '"']) {
    const text = worst.repeat(60_000);
    const headers = ['User-Agent', text, 'Referer', text, 'X-Request-Id', text];
    const line = accessLine({ edge: 'e'.repeat(64), worker: 256 }, record(`/${text}?${text}`, headers));
    assert.ok(
      Buffer.byteLength(line) <= accessLimits.pipeWriteBytesMax,
      `${Buffer.byteLength(line)} bytes of ${worst}`,
    );
    read(line);
  }
  const long = read(accessLine(identity, record(`/${'a'.repeat(2_000)}`, [])));
  assert.equal((long.path as string).length, accessLimits.textCharsMax);
});
