import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runVerb } from './terminal/runVerb.ts';
import { checkVerb } from './verbs/checkVerb.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-check-'));
after(() => rmSync(folder, { recursive: true }));

function file(text: string | Uint8Array): string {
  const path = join(folder, 'holdfast.yaml');
  writeFileSync(path, text);
  return path;
}

async function run(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const io = {
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  };
  const code = await runVerb(checkVerb, args, io);
  return { code, ...written };
}

const smallest = `listen: 0.0.0.0:80
sites:
  - hosts: [shop.example]
    origin: http://127.0.0.1:3000
    rules:
      - name: block bots
        when: bot.score < 30 && !bot.verified
        then: block
`;

test('the smallest configuration has no problems', async () => {
  const path = file(smallest);
  assert.deepEqual(await run(path), { code: 0, stdout: `${path}: 1 site, 1 rule, no problems\n`, stderr: '' });
  const { code, stdout } = await run(path, '--json');
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), { file: path, ok: true, problems: [], sites: 1, rules: 1 });
});

test('every problem is shown with its line and a caret below its place', async () => {
  const path = file(smallest.replace('score', 'scroe').replace('listen', 'lisen').replace('http', 'ftp'));
  assert.deepEqual(await run(path), {
    code: 1,
    stdout: `${path}:1:1: there is no key "lisen" here; did you mean "listen"?
    lisen: 0.0.0.0:80
    ^
${path}:4:13: the origin must read http://HOST:PORT or https://HOST:PORT
        origin: ftp://127.0.0.1:3000
                ^
${path}:7:15: there is no field bot.scroe; did you mean "bot.score"?
            when: bot.scroe < 30 && !bot.verified
                  ^
3 problems
`,
    stderr: '',
  });
  const { code, stdout } = await run('--json', path);
  assert.equal(code, 1);
  assert.deepEqual(
    JSON.parse(stdout).problems.map(({ line, column, path: where }: { line: number; column: number; path: string }) => [
      line,
      column,
      where,
    ]),
    [
      [1, 1, 'lisen'],
      [4, 13, 'sites[0].origin'],
      [7, 15, 'sites[0].rules[0].when'],
    ],
  );
});

test('a long line is cut around the place, and nothing unprintable reaches the terminal', async () => {
  const { stdout } = await run(file(`sites: [${' '.repeat(500)}"\\u001b[31m", x]${' '.repeat(500)}\n`));
  assert.ok(stdout.split('\n').every((line) => line.length < 250));
  const escaped = await run(file('"a\\e[31mb": 1\nx\u001b[31m: 2\n'));
  assert.ok(!escaped.stdout.includes('\u001b'), JSON.stringify(escaped.stdout));
});

test('what cannot be read is exit code 2 and what is no text is a problem', async () => {
  assert.equal((await run(join(folder, 'absent.yaml'))).code, 2);
  assert.equal((await run(folder)).code, 2);
  for (const args of [[], ['a', 'b'], ['a', '--nope']]) {
    const { code, stderr } = await run(...args);
    assert.equal(code, 2);
    assert.match(stderr, /^holdfast: .*\nusage: holdfast check FILE/);
  }
  assert.match((await run(file(Uint8Array.of(0xff)))).stdout, /:1:1: the file is not UTF-8 text\n1 problem\n$/);
  assert.match(
    (await run(file(Buffer.alloc((1 << 20) + 1, 'a')))).stdout,
    /:1:1: the file is larger than 1048576 bytes\n/,
  );
});
