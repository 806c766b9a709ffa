import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runVerb } from '../../src/cli/terminal/runVerb.ts';
import { listsMakeVerb } from '../../src/cli/verbs/listsMakeVerb.ts';
import { ask, eventually, type HoldfastUp, startHoldfast, trace } from '../support/holdfastUp.ts';

/*
 * The whole way of docs/lists.md: files of others → `lists make` → control → agent → worker → rule, trace, log. It starts everything, so it runs where
 * somebody asks for it; its parts are tested always.
 */
const folder = mkdtempSync(join(tmpdir(), 'holdfast-lists-'));
const file = (name: string, ...lines: string[]) => {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};
let holdfast: HoldfastUp | undefined;
after(async () => {
  await holdfast?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function make(...args: string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const write = { write: (text: string) => (said += text) };
  return { code: await runVerb(listsMakeVerb, args, { stdout: write, stderr: write }), said };
}

const skip = process.env.HOLDFAST_TEST_WHOLE === '1' ? false : 'runs with HOLDFAST_TEST_WHOLE=1';

test('a list is made of files, published, asked by a rule, seen in the trace and the log, and a bad one is refused', {
  skip,
  timeout: 300_000,
}, async () => {
  const table = join(folder, 'table');
  mkdirSync(table);
  file('table/asn-ipv4.csv', '192.0.2.0,192.0.2.255,64500,"A, Inc."', '198.51.100.0,198.51.100.255,64501,B');
  file('table/asn-ipv4-num.csv', '1,2,3');
  const countries = file('countries.csv', '192.0.2.0,192.0.2.127,DE', '192.0.2.128,192.0.2.255,FR');
  const clouds = file('clouds.txt', '# of a provider', '198.51.100.0/25');
  const out = join(folder, 'lists.json');
  const made = await make('--table', table, '--table', countries, '--list', `hosting=${clouds}`, '--out', out);
  assert.equal(made.code, 0, made.said);
  assert.match(made.said, /5 steps of IPv4, 0 of IPv6, 2 countries\n {2}lists {5}hosting \(1\)/);

  const config = file(
    'holdfast.yaml',
    'trustedProxies: [127.0.0.1]',
    'sites:',
    "  - hosts: ['*']",
    '    origin: http://127.0.0.1:1',
    '    rules:',
    '      - {name: clouds, when: ip.hosting, then: block}',
    '      - {name: abroad, when: ip.country == "FR" && ip.asn == 64500, then: {block: {status: 451, body: "no\\n"}}}',
  );
  holdfast = await startHoldfast(['--config', config, '--workers', '2', '--factory-every', '3600']);
  const { edgeUrl, cli } = holdfast;
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const status = async (address: string) => (await ask(`${edgeUrl}/`, from(address))).status;
  assert.equal(await status('198.51.100.1'), 502, 'without lists nothing is known; the origin is not there');
  const nothing = await cli('lists', 'show');
  assert.equal(nothing.code, 1);
  assert.match(nothing.stderr, /no lists were published yet/);

  const published = await cli('lists', 'publish', out, '--note', 'first');
  assert.equal(published.code, 0, published.stderr);
  const inForce = (version: string) => async () => ((await trace(edgeUrl)).lists === version ? true : undefined);
  await eventually('a worker has them', inForce('1'), 60_000);
  await eventually('both have', async () => {
    const [one, other] = [await status('198.51.100.1'), await status('198.51.100.1')];
    return one === 403 && other === 403 ? true : undefined;
  });
  assert.equal(await status('198.51.100.200'), 502, 'the other half of the network');
  assert.equal(await status('192.0.2.200'), 451);
  assert.equal(await status('192.0.2.1'), 502);
  const told = (await ask(`${edgeUrl}/.holdfast/trace`, from('192.0.2.200'))).body;
  assert.match(told, /^country=FR\nasn=64500\nlists_of=\n/m);
  assert.match((await cli('lists', 'show')).stdout, /^lists 1\n {2}networks {2}5 steps of IPv4/);
  assert.match((await cli('lists', 'status')).stdout, /lists: version 1, open/);

  const wide = file('wide.txt', '0.0.0.0/1');
  const refused = await make('--list', `vpn=${wide}`, '--out', join(folder, 'wide.json'));
  assert.equal(refused.code, 1);
  assert.match(refused.said, /list-too-wide/);
  assert.equal(await status('192.0.2.200'), 451);

  await eventually(
    'the log has country and system',
    async () => {
      const sql = "SELECT country, asn, count() FROM http_requests WHERE rule = 'abroad' GROUP BY country, asn";
      const { stdout } = await cli('query', sql);
      return /FR\s+64500\s+\d/.test(stdout) ? true : undefined;
    },
    60_000,
  );
});
