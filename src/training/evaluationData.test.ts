import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestHead } from '../http/index.ts';
import { headText } from './rows/headText.ts';
import { makeTraffic, recordedTraffic } from './traffic/makeTraffic.ts';
import { allRecordedSessions } from './traffic/recordedSessions.ts';

test('fresh traffic holds no recorded session; the recorded ones come once each, as they were recorded', () => {
  const fresh = makeTraffic(5, 10, 'without-recorded');
  assert.ok(fresh.ok);
  assert.equal(fresh.value.sessions.length, 20);
  assert.deepEqual(
    fresh.value.sessions.filter(({ source }) => source === 'recorded'),
    [],
  );
  const recorded = allRecordedSessions();
  const { sessions, requests } = recordedTraffic(5);
  assert.deepEqual(sessions, recorded);
  assert.deepEqual(new Set(requests.map(({ session }) => session).filter((index) => index >= 0)).size, recorded.length);
});

test('heads differ by what the client wrote, not by the site or the visit', () => {
  const text = (rawHeaders: string[], target = '/') =>
    headText(
      requestHead({ method: 'GET', target, version: '1.1', rawHeaders, scheme: 'http', clientAddress: '127.0.0.1' }),
    );
  const own = text(['Host', 'a', 'User-Agent', 'x', 'Cookie', 'b=1']);
  assert.equal(text(['Host', 'b', 'User-Agent', 'x', 'Cookie', 'b=2'], '/other'), own);
  assert.notEqual(text(['Host', 'a', 'User-Agent', 'y', 'Cookie', 'b=1']), own);
  assert.notEqual(text(['Host', 'a', 'user-agent', 'x', 'Cookie', 'b=1']), own);
  assert.notEqual(text(['Host', 'a', 'User-Agent', 'x']), own);
});
