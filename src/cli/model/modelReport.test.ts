import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runVerb } from '../terminal/runVerb.ts';
import { kindVerbs } from '../verbs/kindVerbs.ts';

const modelVerb = kindVerbs.find(({ name }) => name === 'model')!;

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-report-'));
  writeFileSync(
    join(folder, 'a.log'),
    '192.0.2.1 - - [17/May/2026:10:05:03 +0000] "GET / HTTP/1.1" 200 10 "-" "curl/8.0"\nnonsense\n',
  );
  writeFileSync(join(folder, 'empty.log'), 'nonsense\n');
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runVerb(modelVerb, ['report', ...args], {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  });
  return { code, out, err };
}

test('without a log it prints the evaluation', async () => {
  const { code, out } = await run();
  assert.equal(code, 0);
  assert.match(out, /evaluation of the model:\n {2}known families, new sessions: AUC 0\.\d{4}/);
});

test('with a log it writes the page, and says the same as text and as JSON', async () => {
  const page = join(folder, 'new/report.html');
  const { code, out, err } = await run('--access-log', join(folder, 'a.log'), '--html', page);
  assert.equal(code, 0, err);
  assert.match(out, /1 requests of 1 addresses/);
  assert.match(out, /left out: 1 not-combined/);
  assert.match(readFileSync(page, 'utf8'), /^<!doctype html>[\s\S]*a\.log, as Holdfast would have scored it/);
  const json = await run('--access-log', join(folder, 'a.log'), '--json');
  const { replay } = JSON.parse(json.out) as { replay: { scores: number[] } };
  assert.equal(replay.scores[1], 1, 'a tool that says so');
});

test('what cannot be read is said, with exit code 2', async () => {
  for (const [args, says] of [
    [['--access-log', join(folder, 'absent.log')], /absent\.log cannot be read/],
    [['--access-log', join(folder, 'empty.log')], /no line in the combined format \(1 lines read\)/],
    [['--access-log', join(folder, 'a.log'), '--ranges', folder], /has no OPERATOR/],
    [['--report', join(folder, 'a.log')], /cannot be read/],
    [['--access-log', join(folder, 'a.log'), '--html', folder], /cannot be written/],
    [['word'], /no words here/],
  ] as const) {
    const { code, err } = await run(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, says);
  }
});
