import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileFeatures, compileModel } from '../../src/bots/index.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import type { Handshake } from '../../src/http/handshake.ts';
import { Chance } from '../../src/kernel/chance.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { makeRows } from '../../src/training/rows/makeRows.ts';
import { drawIntercepted } from '../../src/training/traffic/handshakes.ts';
import { recordedTraffic, type Traffic } from '../../src/training/traffic/makeTraffic.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../shipped/${name}.json`, import.meta.url), 'utf8'));
const features = compileFeatures(read('features') as FeatureFile);
const model = compileModel(read('model') as ModelFile, features);
/** As score 30. */
const logOddsOf30 = -0.93;

/** The recorded traffic, with what a company's proxy or an antivirus program makes of each person's connection. */
function intercepted(): Traffic {
  const traffic = recordedTraffic(5);
  const chance = new Chance(seededRandom(3));
  const between = new Map<number, Handshake>();
  const requests = traffic.requests.map((request) => {
    const { label, scheme } = traffic.sessions[request.session]!;
    const own = request.head.handshake;
    if (label !== 'human' || scheme !== 'https' || own === null) return request;
    let opened = between.get(request.session);
    while (opened === undefined) opened = drawIntercepted(chance, 'https') ?? undefined;
    between.set(request.session, opened);
    const http2 = own.http2 === null ? null : (opened.http2 ?? '4:1048576|1073741824|0|m,a,s,p');
    // Made afresh for this test, and a head keeps what it has read.
    Object.assign(request.head, { handshake: { ja4: opened.ja4, http2 } });
    return request;
  });
  return { ...traffic, requests };
}

test('people whose TLS somebody takes apart on the way stay people to the model', (context) => {
  const rows = makeRows(intercepted(), features, 'all').filter(
    ({ session }) => session.label === 'human' && session.scheme === 'https',
  );
  const low = rows.filter(({ vector }) => model.logOdds(vector) < logOddsOf30);
  context.diagnostic(`${low.length} of ${rows.length} requests below 30`);
  assert.ok(rows.length > 900 && low.length <= rows.length * 0.005, `${low.length} of ${rows.length} are below 30`);
});
