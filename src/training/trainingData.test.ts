import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Chance, withMathRandom } from '../kernel/chance.ts';
import { seededRandom } from '../kernel/random.ts';
import { browserHeaders } from './traffic/browserHeaders.ts';
import type { BrowserProfile } from './traffic/browserProfile.ts';
import { makeTraffic, type Traffic } from './traffic/makeTraffic.ts';
import { readRecordedSessions } from './traffic/recordedSessions.ts';

test('the same seed makes the same traffic; Math.random is given back', () => {
  const original = Math.random;
  const first = makeTraffic(9, 5);
  const again = makeTraffic(9, 5);
  assert.ok(first.ok && again.ok);
  // A digest, because a difference of thousands of heads takes minutes to print.
  const digest = (traffic: Traffic) => createHash('sha256').update(JSON.stringify(traffic.requests)).digest('hex');
  assert.equal(digest(again.value), digest(first.value));
  assert.equal(Math.random, original);
  assert.throws(() =>
    withMathRandom(new Chance(seededRandom(1)), () => {
      throw new Error('from inside');
    }),
  );
  assert.equal(Math.random, original);
});

test('no `{host}` is left in a head, and nothing tells the labels’ hosts apart', () => {
  const traffic = makeTraffic(2, 60);
  assert.ok(traffic.ok);
  const loopback = { human: 0, bot: 0 };
  for (const { head } of traffic.value.requests) assert.doesNotMatch(head.rawHeaders.join('\n'), /\{host\}/);
  for (const session of traffic.value.sessions.filter(({ source }) => source === 'made')) {
    if (session.loopback) loopback[session.label] += 1;
  }
  assert.ok(loopback.human > 5 && loopback.bot > 5, JSON.stringify(loopback));
});

/** The made-up headers against the recorded browser's: names, order and spelling of every kind of request. */
test('made-up Chromium sends its headers in the order and spelling in which the recorded one did', () => {
  const recorded = readRecordedSessions().find(({ family, loopback }) => family === 'chromium' && loopback)!;
  const valueIn = (raw: readonly string[], name: string) => {
    const at = raw.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name);
    return at === -1 ? undefined : raw[at + 1];
  };
  const first = recorded.requests[0]!.rawHeaders;
  const profile: BrowserProfile = {
    ...{ family: 'chrome', engine: 'chromium', major: 156, doNotTrack: false, globalPrivacyControl: false },
    ...{ cookies: true, scripts: true, referer: 'full', earlyLanguage: false, orderVariant: 0 },
    userAgent: valueIn(first, 'user-agent')!,
    language: valueIn(first, 'accept-language')!,
    hints: {
      brands: valueIn(first, 'sec-ch-ua')!,
      mobile: '?0',
      platform: valueIn(first, 'sec-ch-ua-platform')!,
    },
  };
  const kinds = [
    ['/', 'GET', 'document'],
    ['/assets/site.css', 'GET', 'style'],
    ['/assets/site.js', 'GET', 'script'],
    ['/api/items', 'GET', 'fetch'],
    ['/api/items', 'POST', 'post-json'],
    ['/orders', 'POST', 'form'],
    ['/pages/more', 'GET', 'document'],
  ] as const;
  for (const [target, method, kind] of kinds) {
    const request = recorded.requests.find((one) => one.target === target && one.method === method);
    assert.ok(request, `${method} ${target} was recorded`);
    const raw = request.rawHeaders;
    const made = browserHeaders(
      profile,
      {
        ...{ kind, method, multipart: false, reload: false, revalidates: false },
        bodyBytes: Number(valueIn(raw, 'content-length') ?? 0),
        referer: valueIn(raw, 'referer'),
        origin: valueIn(raw, 'origin'),
        site: valueIn(raw, 'sec-fetch-site') === 'none' ? 'none' : 'same-origin',
        userActivated: valueIn(raw, 'sec-fetch-user') === '?1',
        cookie: valueIn(raw, 'cookie'),
        scriptHeaders: kind === 'post-json' ? [['content-type', 'application/json']] : [],
      },
      { secure: true },
    );
    assert.deepEqual(made, raw, `${method} ${target}`);
  }
});
