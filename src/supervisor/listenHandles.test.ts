import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { bindSlots } from './listenHandles.ts';

test('every slot has a socket of its own on the same port', () => {
  const bound = bindSlots({ host: '127.0.0.1', port: 0 }, 3);
  assert.ok(bound.ok);
  assert.ok(bound.value.port > 0);
  assert.equal(new Set(bound.value.slots.map(({ descriptor }) => descriptor)).size, 3);
  for (const slot of bound.value.slots) slot.close();
});

test('a port on which somebody listens is refused with a sentence, also by one that shares its port', async () => {
  const server = createServer();
  for (const reusePort of [false, true]) {
    const port = await new Promise<number>((resolve) => {
      server.listen({ port: 0, host: '127.0.0.1', reusePort }, () =>
        resolve((server.address() as { port: number }).port),
      );
    });
    const bound = bindSlots({ host: '127.0.0.1', port }, 2);
    assert.match(bound.ok ? 'bound' : bound.error, /another program listens there/);
    await new Promise((resolve) => server.close(resolve));
  }
});

test('an address that this machine does not have is refused with a sentence', () => {
  const bound = bindSlots({ host: '203.0.113.1', port: 8080 }, 1);
  assert.match(bound.ok ? 'bound' : bound.error, /no such address/);
});
