import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerOrderHash } from './headerOrder.ts';

const hash = (names: string, version: '1.0' | '1.1' | '2' = '1.1') =>
  headerOrderHash({ version, rawHeaders: names.split(' ').flatMap((name) => [name, 'any']) });

test('one client keeps one order, whatever it asks for', () => {
  const kinds = {
    page: 'Host Connection sec-ch-ua sec-ch-ua-mobile Upgrade-Insecure-Requests User-Agent Accept Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-User Sec-Fetch-Dest Accept-Encoding Accept-Language',
    image:
      'Host Connection sec-ch-ua-platform User-Agent sec-ch-ua Accept Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest Referer Accept-Encoding Accept-Language Cookie',
    again:
      'Host Connection sec-ch-ua-platform User-Agent Accept Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest Referer Accept-Encoding Accept-Language If-None-Match',
    form: 'Host Connection Content-Length Cache-Control Content-Type User-Agent Origin Accept Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest Accept-Encoding Accept-Language',
    script:
      'Host Connection User-Agent X-Token Accept Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest Accept-Encoding Accept-Language',
  };
  assert.equal(new Set(Object.values(kinds).map((names) => hash(names))).size, 1);
});

test('another order, another spelling, another version and one field less are others', () => {
  const all = [
    hash('Host User-Agent Accept'),
    hash('Host Accept User-Agent'),
    hash('Host user-agent Accept'),
    hash('Host User-Agent Accept', '1.0'),
    hash('Host User-Agent Accept', '2'),
    hash('Host User-Agent'),
    hash('User-Agent Accept'),
    hash('Host User-Agent Accept Accept'),
    hash('X'),
  ];
  assert.equal(new Set(all).size, all.length);
  for (const one of all) assert.match(one, /^[0-9a-f]{12}$/);
});

test('it is the same in every release: what the log has is compared by it', () => {
  assert.equal(hash('Host User-Agent Accept'), 'b60ed43c7737');
  assert.equal(hash('user-agent accept accept-encoding accept-language', '2'), '4056159c1d5b');
});

test('no order of some of seven names is another’s', () => {
  const names = 'host user-agent accept accept-language accept-encoding sec-fetch-site te'.split(' ');
  const seen = new Map<string, string>();
  const visit = (taken: readonly string[]) => {
    if (taken.length > 0) {
      const text = taken.join(' ');
      const other = seen.get(hash(text));
      assert.equal(other, undefined, `${text} and ${other}`);
      seen.set(hash(text), text);
    }
    for (const name of names) if (!taken.includes(name)) visit([...taken, name]);
  };
  visit([]);
  assert.equal(seen.size, 13_699);
});
