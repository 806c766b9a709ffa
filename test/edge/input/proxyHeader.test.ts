import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { exchangeBytes, parseAnswer, site, startEdge, startOrigin, Undo } from '../harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

test('behind a PROXY header, in the clear: the request that comes with it is answered, and the next ones', async () => {
  const { url } = await startOrigin(undo);
  const edge = await startEdge(undo, {
    set: { versions: {}, sites: { schema: 1, sites: [site(url)] } },
    trustedProxies: ['127.0.0.1/32'],
    listeners: [{ proxyProtocol: true }],
  });
  const header = 'PROXY TCP4 203.0.113.7 192.0.2.1 5000 80\r\n';
  const first = 'GET /.holdfast/trace HTTP/1.1\r\nHost: shop.example\r\n\r\n';
  const second = 'GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n';
  const said = await exchangeBytes(edge.port, header + first + second);
  assert.match(parseAnswer(said).body, /^client=203\.0\.113\.7$/m);
  assert.match(said, /hello$/);
});
