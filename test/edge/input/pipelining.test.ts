import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchangeBytes, site, startEdge, startOrigin, Undo } from '../harness.ts';

/* Requests that are sent ahead of the answers to those before them. */

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

async function arrange() {
  const { url } = await startOrigin(undo, (request, response) => {
    request.resume();
    response.end(`<${request.url}>`);
  });
  return startEdge(undo, { set: { versions: {}, sites: { schema: 1, sites: [site(url, [], ['shop.example'])] } } });
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (isSo()) return;
    await sleep(10);
  }
  assert.fail('nothing came for three seconds');
}

const request = (target: string) => `GET ${target} HTTP/1.1\r\nHost: shop.example\r\n\r\n`;

test('a read that ends in the middle of the next head: the rest of it is read', { timeout: 8_000 }, async () => {
  const { port } = await arrange();
  const second = request('/2');
  for (const cut of [1, second.length >> 1, second.length - 1]) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    undo.add(() => socket.destroy());
    let text = '';
    socket.setEncoding('latin1').on('data', (more: string) => {
      text += more;
    });
    socket.write(request('/1') + second.slice(0, cut));
    await until(() => text.includes('</1>'));
    socket.write(second.slice(cut));
    await until(() => text.includes('</2>'));
  }
});

for (const [says, host] of [
  ['forwarded', 'shop.example'],
  ['that the edge answers itself', 'nobody.example'],
] as const) {
  test(`5,000 requests ${says}, sent at once, are answered`, { timeout: 30_000 }, async () => {
    const { port } = await arrange();
    const count = 5_000;
    const one = request('/x').replace('shop.example', host);
    const last = one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    const text = await exchangeBytes(port, one.repeat(count - 1) + last, { timeoutMs: 20_000 });
    assert.equal(text.split(/HTTP\/1\.1 \d/).length - 1, count);
  });
}
