import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { labText, readLabSessions } from './traffic/labSessions.ts';

test('recorded sessions come back as they were written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-lab-test-'));
  try {
    const file = join(folder, 'lab.jsonl');
    const sessions = readLabSessions();
    writeFileSync(file, labText(sessions));
    assert.deepEqual(readLabSessions(pathToFileURL(file)), sessions);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the lab’s corpus has people and programs, in the clear, over TLS and over HTTP/2, with handshakes where there are any', () => {
  const sessions = readLabSessions();
  for (const label of ['human', 'bot'] as const) {
    for (const version of ['1.1', '2']) {
      const found = sessions.some(
        (one) => one.label === label && one.requests.some((each) => each.version === version),
      );
      assert.ok(found, `${label}, HTTP/${version}`);
    }
  }
  for (const { scheme, client = '', requests } of sessions) {
    for (const { handshake, version, rawHeaders } of requests) {
      assert.equal(handshake?.ja4 !== undefined, scheme === 'https', client);
      assert.equal(typeof handshake?.http2 === 'string', version === '2', client);
      assert.doesNotMatch(rawHeaders.join('\n'), /(shop|blog|news)\.example/, client);
    }
  }
  assert.ok(new Set(sessions.filter(({ label }) => label === 'bot').map(({ family }) => family)).size >= 25);
});
