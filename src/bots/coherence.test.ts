import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type RequestHead, requestHead } from '../http/index.ts';
import { compileFeatures } from './featureSet.ts';
import { hitHeuristics } from './heuristics.ts';
import { RequestFacts } from './request/requestFacts.ts';
import { shippedFeatures, vectorOf } from './testing/features.ts';
import {
  braveRequests,
  chromePlainRequests,
  chromeRequests,
  chromeUserAgent,
  firefoxRequests,
  headOf,
  toolRequests,
} from './testing/heads.ts';

/*
 * People's browsers must look like themselves in every kind of request they make, with and without TLS; tools with a
 * browser's user agent must not.
 */
const features = compileFeatures(shippedFeatures());
const suspicious =
  /missing|mismatch|contradictions|oddities|inversions|foreign|unusual|difference|automation|probe|subresource_without/;

/** Names of what speaks against the request being its claimed browser's. */
function suspicions(head: RequestHead): string[] {
  return Object.entries(vectorOf(features, head))
    .filter(([name, value]) => suspicious.test(name) && value !== 0 && !Number.isNaN(value))
    .map(([name, value]) => `${name}=${value}`);
}

const people = {
  'Chromium on this machine': chromeRequests,
  'Chromium over plain http': chromePlainRequests,
  'Firefox over plain http': firefoxRequests,
  Brave: braveRequests,
};
for (const [browser, requests] of Object.entries(people)) {
  for (const [kind, text] of Object.entries(requests)) {
    test(`${browser}: ${kind} looks like itself and hits no heuristic`, () => {
      const head = headOf(text);
      assert.deepEqual(suspicions(head), []);
      assert.deepEqual(hitHeuristics(new RequestFacts(head)), []);
    });
  }
}

for (const [tool, text] of Object.entries(toolRequests(chromeUserAgent))) {
  test(`${tool} with Chromium's user agent contradicts it in at least three ways`, () => {
    const found = suspicions(headOf(text));
    assert.ok(found.length >= 3, found.join(' '));
  });
}

test('a missing fetch metadata header is no suspicion over plain http, and one over TLS', () => {
  const text = chromePlainRequests.navigation!;
  assert.ok(!suspicions(headOf(text)).some((name) => name.startsWith('fetch_metadata_missing')));
  assert.ok(suspicions(headOf(text, { scheme: 'https' })).includes('fetch_metadata_missing=1'));
});

const folder = fileURLToPath(new URL('../../../shared/data/browser-signatures/', import.meta.url));
const skip =
  existsSync(folder) || process.env.CI === 'true' ? false : `the shared data folder ${folder} is not on this machine`;
/** Recorded with the desktop's hint although the telephone's user agent: the file contradicts itself. */
const contradictory = ['chrome_131.0.6778.81_android.yaml'];

test('recorded browsers of ten versions look like themselves', { skip }, () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  assert.ok(files.length >= 31);
  for (const file of files) {
    const head = recordedHead(readFileSync(`${folder}${file}`, 'utf8'));
    const expected = contradictory.includes(file) ? ['client_hint_mobile_mismatch=1'] : [];
    assert.deepEqual(suspicions(head), expected, file);
    assert.deepEqual(hitHeuristics(new RequestFacts(head)), [], file);
  }
});

interface Recording {
  readonly signature: {
    readonly http2: {
      readonly frames: readonly { readonly frame_type: string; readonly headers?: readonly string[] }[];
    };
  };
}

function recordedHead(text: string): RequestHead {
  const recording = parse(text) as Recording;
  const lines = recording.signature.http2.frames.find((frame) => frame.frame_type === 'HEADERS')!.headers!;
  return requestHead({
    method: 'GET',
    target: '/',
    version: '2',
    rawHeaders: lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    scheme: 'https',
    clientAddress: '192.0.2.1',
    authority: 'shop.example',
  });
}
