import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { validatePayload } from '../../bundles/index.ts';
import { AddressLists } from '../../lists/index.ts';
import { runVerb } from '../terminal/runVerb.ts';
import { listsMakeVerb } from '../verbs/listsMakeVerb.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-lists-make-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, ...lines: string[]) => {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};

async function make(...args: string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const write = { write: (text: string) => (said += text) };
  return { code: await runVerb(listsMakeVerb, args, { stdout: write, stderr: write }), said };
}

test('a package in CSV, a list in lines and one in JSON become one file that says whose data it is', async () => {
  const table = join(folder, 'package');
  mkdirSync(table);
  file('package/package.json', '{"name": "@ip-location-db/asn", "version": "1.2.3", "license": "SEE LICENSE"}');
  file('package/asn-ipv4.csv', '192.0.2.0,192.0.2.255,64500,"A, Inc."', '198.51.100.0,198.51.100.255,64501,B');
  file('package/asn-ipv6.csv', '2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64502,C');
  file('package/asn-ipv4-num.csv', '1,2,3');
  const lines = file('cloud.txt', '# of a provider', '', '198.51.100.0/25 # half', '2001:db8:1::/48,DE,,');
  const json = file(
    'vpn.json',
    '{"made": "2026-11-28", "prefixes": [{"ipv4Prefix": "192.0.2.8/32"}, {"ipv6Prefix": "2001:db8::7/128"}]}',
  );
  const out = join(folder, 'lists.json');
  const made = await make('--table', table, '--list', `hosting=${lines}`, '--list', `vpn=${json}`, '--out', out);
  assert.equal(made.code, 0, made.said);
  assert.match(made.said, /hosting \(2\), vpn \(2\)/);
  assert.match(made.said, /@ip-location-db\/asn 1\.2\.3; CC-BY-4\.0; RouteViews .* DB-IP/);
  const read = validatePayload('lists', readFileSync(out), {});
  assert.ok(read.ok && read.value.kind === 'lists');
  const lists = new AddressLists(read.value.file);
  const of = (address: string) => [lists.of(address).asn, lists.of(address).lists?.join()];
  assert.deepEqual(of('192.0.2.8'), [64_500, 'vpn']);
  assert.deepEqual(of('192.0.2.9'), [64_500, '']);
  assert.deepEqual(of('198.51.100.127'), [64_501, 'hosting']);
  assert.deepEqual(of('198.51.100.128'), [64_501, '']);
  assert.deepEqual(of('2001:db8::9'), [64_502, 'vpn'], 'a /64 is one subscriber');
  assert.deepEqual(of('2001:db8:1::1'), [64_502, 'hosting']);
});

test('what cannot be read is said with its file and line, and nothing is written', async () => {
  const out = join(folder, 'none.json');
  for (const [args, said] of [
    [['--list', `vpn=${file('bad.txt', '192.0.2.0/24', 'nonsense')}`], /bad\.txt: line 2 is no network: nonsense/],
    [
      ['--table', file('bad.csv', '192.0.2.0,192.0.2.9,DE', '192.0.2.9,192.0.2.0,DE')],
      /bad\.csv: line 2 does not begin with two/,
    ],
    [['--table', file('bad.mmdb', 'nothing')], /bad\.mmdb: it is damaged: there are no metadata/],
    [['--table', join(folder, 'nowhere')], /cannot read/],
    [['--list', `vpn=${file('none.txt', '# nothing')}`], /none\.txt: no networks in it/],
    [['--list', 'VPN=x'], /--list takes NAME=PATH/],
    [['--list', 'vpn'], /--list takes NAME=PATH/],
  ] as const) {
    const made = await make(...args, '--out', out);
    assert.equal(made.code, 2, made.said);
    assert.match(made.said, said);
  }
  assert.equal(existsSync(out), false);
});

test('a table that is named twice, and a list that holds half of the world, are refused', async () => {
  const out = join(folder, 'refused.json');
  const table = file('twice.csv', '192.0.2.0,192.0.2.255,DE', '198.51.100.0,198.51.100.255,FR');
  const twice = await make('--table', table, '--table', table, '--out', out);
  assert.equal(twice.code, 1);
  assert.match(twice.said, /2 ranges of the tables lie within others/);
  const wide = await make('--list', `vpn=${file('wide.txt', '0.0.0.0/1')}`, '--out', out);
  assert.equal(wide.code, 1);
  assert.match(wide.said, /list-too-wide/);
  assert.equal(existsSync(out), false);
});
