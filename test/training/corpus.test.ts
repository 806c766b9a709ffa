import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BotJudge, ClientWindows, compileFeatures, compileModel } from '../../src/bots/index.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import { requestHead } from '../../src/http/index.ts';
import { readRecordedSessions } from '../../src/training/traffic/recordedSessions.ts';
import type { Session } from '../../src/training/traffic/session.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../shipped/${name}`, import.meta.url), 'utf8'));
const features = compileFeatures(read('features.json') as FeatureFile);
const judge = new BotJudge(features, compileModel(read('model.json') as ModelFile, features));
const sessions = readRecordedSessions();

/** Scores of a recorded session by the model alone, its client's window continued where one is given. */
function scores(session: Session, windows = new ClientWindows(), startMs = 0): number[] {
  const authority = session.loopback ? '127.0.0.1:8080' : 'shop.example';
  return session.requests.map(({ method, target, version, rawHeaders, afterMs, status }) => {
    const head = requestHead({
      ...{ method, target, version, scheme: session.scheme, clientAddress: '127.0.0.1' },
      rawHeaders: rawHeaders.map((text) => text.replaceAll('{host}', authority)),
    });
    const window = windows.observe(head, startMs + afterMs);
    windows.recordAnswer(head, { status }, startMs + afterMs);
    const verdict = judge.judge(head, window, { heuristics: false });
    return verdict.kind === 'scored' ? verdict.score : Number.NaN;
  });
}

/** Over plain http to a name, headless Chromium with a headed one's user agent sends a headed one's bytes. */
const isIndistinguishable = ({ family, pasted, loopback }: Session) =>
  family === 'headless chromium' && pasted && !loopback;

test('every recorded request of people scores at least 30 by the model alone, and every one of programs less', () => {
  for (const session of sessions.filter((one) => !isIndistinguishable(one))) {
    const wrong = scores(session).filter((score) => (session.label === 'human') !== score >= 30);
    assert.deepEqual(wrong, [], `${session.family}${session.pasted ? ', pasted' : ''}`);
  }
});

test('people keep their scores on an address that tools used just before', () => {
  for (const pauseMs of [2, 120, 3_000]) {
    for (const session of sessions.filter(({ label }) => label === 'human')) {
      const windows = new ClientWindows();
      const curl = sessions.find(({ family, pasted }) => family === 'curl' && !pasted)!;
      for (let repeat = 0; repeat < 20; repeat++) scores(curl, windows, repeat * curl.requests.length * pauseMs);
      const worst = Math.min(...scores(session, windows, 20 * curl.requests.length * pauseMs + 2_000));
      assert.ok(worst >= 30, `${session.family} has ${worst} after curl every ${pauseMs} ms`);
    }
  }
});

test('the corpus holds the clients that the model is accepted on', () => {
  const has = (label: string, family: string) => sessions.some((one) => one.label === label && one.family === family);
  for (const family of ['curl', 'wget', 'python', 'node', 'headless chromium']) assert.ok(has('bot', family), family);
  for (const family of ['chromium', 'firefox']) assert.ok(has('human', family), family);
});
