import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { askFactory } from './factorySocket.ts';

async function withAnswer(answer: (response: ServerResponse) => void, use: (path: string) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-socket-'));
  const path = join(folder, 'factory.sock');
  const server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    await use(path);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  }
}

test('an answer of several chunks is whole, whatever characters they cut through', async () => {
  const text = Buffer.from('é'.repeat(1_000));
  const answer = (response: ServerResponse) => {
    response.write(text.subarray(0, 1_001));
    setTimeout(() => response.end(text.subarray(1_001)), 20);
  };
  await withAnswer(answer, async (path) => {
    assert.deepEqual(await askFactory(path, 'GET', '/'), { status: 200, text: text.toString() });
  });
});

test('a factory that is silent, or stops in the middle, is waited for so long and no longer', async () => {
  for (const answer of [() => {}, (response: ServerResponse) => response.write('begun')]) {
    await withAnswer(answer, async (path) => {
      await assert.rejects(askFactory(path, 'GET', '/', undefined, { timeoutMs: 100 }), /no answer within 0.1 s/);
    });
  }
});

test('an answer that does not end is not read into memory', async () => {
  const answer = (response: ServerResponse) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
  };
  await withAnswer(answer, async (path) => {
    await assert.rejects(askFactory(path, 'GET', '/', undefined, { bytesMax: 1 << 20 }), /more than 1048576 bytes/);
  });
});
