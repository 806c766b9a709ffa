import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runVerb } from '../terminal/runVerb.ts';
import { scoreVerb } from '../verbs/scoreVerb.ts';
import type { SessionJson } from './score.ts';

const modelFile = {
  schema: 1,
  name: 'by hand',
  features: ['has_accept_language', 'window_requests_60s'],
  bias: 0.5,
  roots: [0],
  feature: [0, -1, -1],
  threshold: [0.5, -2, 1],
  left: [1, 0, 0],
  right: [2, 0, 0],
  missingRight: [0, 0, 0],
};

let folder = '';
const file = (name: string) => join(folder, name);

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-score-'));
  writeFileSync(file('model.json'), JSON.stringify(modelFile));
  writeFileSync(file('curl.txt'), 'GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/8.0\r\nAccept: */*\r\n\r\n');
  writeFileSync(file('by-hand.txt'), 'GET /a HTTP/1.1\nHost: a\nUser-Agent: Some Reader\nAccept-Language: en\n');
  writeFileSync(file('malformed.txt'), 'GET / HTTP/1.1\r\nHost : a\r\n\r\n');
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runVerb(scoreVerb, args, {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  });
  return { code, out, err };
}

async function json(...args: string[]): Promise<SessionJson> {
  const { code, out, err } = await run(...args, '--json', '--model', file('model.json'));
  assert.equal(code, 0, err);
  return JSON.parse(out) as SessionJson;
}

test('the JSON has score, source, reasons and versions', async () => {
  const result = await json(file('by-hand.txt'));
  assert.equal(result.score, 2 + Math.round(97 / (1 + Math.exp(-1.5))));
  assert.equal(result.source, 'model');
  assert.deepEqual(result.reasons, [], 'it does not differ from an ordinary request in what this model reads');
  assert.equal(result.model?.logOdds, 1.5);
  assert.equal(result.model?.base, 1.5);
  assert.equal(result.model?.comparedWith, 'an ordinary page request of Chromium over plain http');
  assert.deepEqual(result.versions, { features: 0, model: null });
});

test('a heuristic comes first among the reasons, and the model’s own score stays visible', async () => {
  const result = await json(file('curl.txt'));
  assert.equal(result.score, 1);
  assert.equal(result.source, 'heuristics');
  const [first, second] = result.reasons;
  assert.ok(first !== undefined && 'heuristic' in first && first.heuristic === 'tool-user-agent');
  assert.ok(second !== undefined && 'feature' in second && second.contribution === -3);
  assert.equal(result.model?.score, 2 + Math.round(97 / (1 + Math.exp(1.5))));
  assert.equal((await json(file('curl.txt'), '--no-heuristics')).source, 'model');
});

test('people read sentences', async () => {
  const { code, out } = await run(file('curl.txt'), '--model', file('model.json'));
  assert.equal(code, 0);
  assert.match(out, /^score 1 of 99/);
  assert.match(out, /tool-user-agent: The user agent names/);
  assert.match(out, /-3\.00 {2}has_accept_language = 0/);
  assert.match(out, /versions: features 0, model from file/);
});

test('what cannot be read is said in one line, with exit code 2', async () => {
  writeFileSync(file('empty.txt'), '');
  writeFileSync(file('broken.json'), '{');
  writeFileSync(file('other.json'), JSON.stringify({ ...modelFile, features: ['unknown', 'header_count'] }));
  const cases: [string[], RegExp][] = [
    [[file('absent.txt')], /there is no file .*absent\.txt\n$/],
    [[folder], /is a folder/],
    [[file('empty.txt')], /empty\.txt: the head is empty/],
    [[file('malformed.txt')], /malformed\.txt: line 2: the header name is not a token\n$/],
    [[], /FILE is missing/],
    [['-', '-'], /- once/],
    [[file('curl.txt'), '--scheme', 'ftp'], /--scheme is http or https/],
    [[file('curl.txt'), '--unknown'], /unknown/i],
    [[file('curl.txt'), '--model', file('broken.json')], /broken\.json would be refused:\n {2}payload-not-json: /],
    [[file('curl.txt'), '--model', file('other.json')], /other\.json would be refused:\n {2}model-feature-missing: /],
    [['/dev/zero'], /no end within 65536 bytes/],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await run(...args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '');
    assert.match(err, /^holdfast(?: score)?: /);
    assert.match(err, message);
  }
});

test('several files are one client’s session: all are scored, the last one is explained', async () => {
  const window = { ...modelFile, features: ['window_requests_60s'], threshold: [2.5, 3, -3] };
  writeFileSync(file('window.json'), JSON.stringify(window));
  const heads = [file('by-hand.txt'), file('by-hand.txt'), file('by-hand.txt')];
  const run3 = (...more: string[]) => run(...heads, '--json', '--model', file('window.json'), ...more);
  const session = JSON.parse((await run3()).out) as SessionJson;
  assert.deepEqual([session.before.length, session.before[0]], [2, session.before[1]]);
  assert.ok(session.score! < 30 && session.before[0]! > 30, 'the third in a minute is one too many for this model');
  const [reason] = session.reasons;
  assert.ok(reason !== undefined && 'feature' in reason);
  assert.deepEqual([reason.feature, reason.value, reason.contribution], ['window_requests_60s', 3, -6]);
  const slow = JSON.parse((await run3('--pause', '90')).out) as SessionJson;
  assert.equal(slow.score, slow.before[0]);
  assert.match((await run(...heads)).out, /^scores of the 2 requests before: \d+ \d+\nscore /);
});

test('a handshake can be given, and what cannot be is said', async () => {
  assert.equal((await run(file('by-hand.txt'), '--ja4', 't13d1516h2_8daaf6152771_02713d6af862')).code, 0);
  for (const args of [
    ['--pause', 'x'],
    ['--edge', '--no-heuristics'],
    ['--edge', file('by-hand.txt')],
  ]) {
    assert.equal((await run(file('by-hand.txt'), ...args)).code, 2, args.join(' '));
  }
  const nobody = await run(file('by-hand.txt'), '--edge', '--data', folder);
  assert.equal(nobody.code, 69);
  assert.match(nobody.err, /not reachable/);
});

test('what a trusted proxy passed on is judged without its form', async () => {
  const names = ['user-agent', 'accept', 'accept-language', 'accept-encoding', 'upgrade-insecure-requests'];
  const values = [
    'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    ...['en-US,en;q=0.9', 'gzip', '1'],
  ];
  const lines = names.map((name, index) => `${name}: ${values[index]}\r\n`).join('');
  writeFileSync(file('relayed.txt'), `GET / HTTP/1.1\r\nhost: shop.example\r\n${lines}\r\n`);
  const scoreOf = async (...more: string[]) =>
    (JSON.parse((await run(file('relayed.txt'), '--json', ...more)).out) as SessionJson).score!;
  const [direct, relayed] = [await scoreOf(), await scoreOf('--relayed')];
  assert.ok(direct < 30 && relayed >= 60, `${direct} and ${relayed}`);
});

test('- reads standard input', () => {
  const at = (path: string) => new URL(path, import.meta.url);
  const program = `
    const { runVerb } = await import('${at('../terminal/runVerb.ts')}');
    const { scoreVerb } = await import('${at('../verbs/scoreVerb.ts')}');
    process.exitCode = await runVerb(scoreVerb, ['-', '--json', '--model', process.argv[1]], process);`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program, file('model.json')], {
    input: 'GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/8.0\r\n\r\n',
    encoding: 'utf8',
  });
  assert.equal(child.status, 0, child.stderr);
  assert.equal((JSON.parse(child.stdout) as SessionJson).score, 1);
});

test('--help explains', async () => {
  const { code, out } = await run('--help');
  assert.equal(code, 0);
  assert.match(out, /holdfast score FILE \.\.\. \[--json\]/);
});
