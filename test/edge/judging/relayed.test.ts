import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, test } from 'node:test';
import type { FeatureFile } from '../../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../../src/contract/kinds/modelFile.ts';
import type { LoadedSet } from '../../../src/lastgood/index.ts';
import { ask, site, startEdge, startOrigin, Undo } from '../harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

function readShipped<File>(name: string): File {
  return JSON.parse(readFileSync(new URL(`../../../shipped/${name}.json`, import.meta.url), 'utf8')) as File;
}

/** A page that Chrome opens, as a proxy written in Go passes it on: names sorted, no Connection. */
const sorted = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-US,en;q=0.9',
  'Sec-Ch-Ua: "Not)A;Brand";v="24", "Chromium";v="156"',
  'Sec-Ch-Ua-Mobile: ?0',
  'Sec-Ch-Ua-Platform: "Linux"',
  'Sec-Fetch-Dest: document',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Site: none',
  'Sec-Fetch-User: ?1',
  'Upgrade-Insecure-Requests: 1',
];
const told = [...sorted, 'X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https'];

test('the form of a head is the proxy’s where a trusted one sent it, and the sender’s otherwise', async () => {
  const { url } = await startOrigin(undo);
  const set: LoadedSet = {
    versions: { features: 1, model: 1, sites: 1 },
    features: readShipped<FeatureFile>('features'),
    model: readShipped<ModelFile>('model'),
    sites: { schema: 1, sites: [site(url, [])] },
  };
  const scoreAt = async (trustedProxies: readonly string[], lines: readonly string[]) => {
    const edge = await startEdge(undo, { set, trustedProxies });
    const { body } = await ask(edge.port, '/.holdfast/trace', lines);
    assert.equal(body.includes('\nrelayed=yes\n'), trustedProxies.includes('127.0.0.1'));
    return Number(/^score=(\d+)$/m.exec(body)?.[1]);
  };
  assert.ok((await scoreAt(['127.0.0.1'], told)) >= 60);
  assert.ok((await scoreAt([], told)) < 30, 'nobody is trusted: whoever sends this is no Chrome');
  assert.ok((await scoreAt(['192.0.2.1'], told)) < 30, 'another one is trusted');
});
