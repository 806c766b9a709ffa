import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validatePayload } from '../../../src/bundles/index.ts';
import { parseOrigin } from '../../../src/config/index.ts';
import { buildSiteTable } from '../../../src/edge/activeSet/siteTable.ts';
import { site } from '../harness.ts';

/** Whoever reads an origin must read the same in it: what the validator takes, a worker serves. */
const origins: readonly [origin: string, isOne: boolean][] = [
  ['http://127.0.0.1:3000', true],
  ['http://app:1', true],
  ['http://my_app.internal:65535', true],
  ['http://1.app:80', true],
  ['http://0x7f.app:80', true],
  ['http://xn--a:80', true],
  ['http://[::1]:80', true],
  ['https://app:443', true],
  ['http://[::ffff:1.2.3.4]:80', true],
  ['http://256.0.0.1:80', false],
  ['http://1.2.3.4.5:80', false],
  ['http://1.2.3:80', false],
  ['http://01.2.3.4:80', false],
  ['http://2130706433:80', false],
  ['http://app.1:80', false],
  ['http://app.0x7f:80', false],
  ['http://[:::::]:80', false],
  ['http://[1::2::3]:80', false],
  ['http://[::1.2.3.256]:80', false],
  ['http://app:0', false],
  ['http://app:65536', false],
  ['http://user@app:80', false],
  ['ftp://app:80', false],
];

for (const [origin, isOne] of origins) {
  test(`${origin} is ${isOne ? 'an' : 'no'} origin to the validator, the configuration and a worker`, () => {
    const file = { schema: 1 as const, sites: [site(origin)] };
    const validated = validatePayload('sites', Buffer.from(JSON.stringify(file)), {});
    assert.deepEqual([validated.ok, parseOrigin(origin).ok, buildSiteTable(file).ok], [isOne, isOne, isOne]);
  });
}
