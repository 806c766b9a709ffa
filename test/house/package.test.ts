import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { visitFirstStart } from '../support/firstVisitors.ts';

/*
 * The published package, installed in an empty folder: Node strips no types under node_modules, so every entry that a
 * process starts another one with must be there as JavaScript. Dependencies are linked, not downloaded.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let launcher: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-package-'));
  execFileSync('npm', ['pack', '--pack-destination', folder, '--silent'], { cwd: root, stdio: 'pipe' });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
  execFileSync('tar', ['-xzf', tarball], { cwd: folder });
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  cpSync(join(folder, 'package'), join(modules, 'holdfast'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  launcher = join(modules, 'holdfast', 'bin', 'holdfast.js');
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('the package has JavaScript only, and what is shipped with the software', () => {
  const package_ = join(folder, 'node_modules', 'holdfast');
  assert.ok(!existsSync(join(package_, 'src')));
  for (const entry of ['cli', 'supervisor', 'agent', 'worker', 'validator', 'control', 'factory', 'demoOrigin']) {
    assert.ok(existsSync(join(package_, 'dist', 'main', `${entry}.js`)), `dist/main/${entry}.js`);
  }
  for (const shipped of ['features.json', 'model.json', 'holdfast.schema.json'])
    assert.ok(existsSync(join(package_, 'shipped', shipped)), shipped);
});

test('from the package, in an empty folder, by absolute path: it says its version', () => {
  const said = execFileSync(process.execPath, [launcher, 'version'], { cwd: folder, encoding: 'utf8' });
  assert.match(said, /^holdfast \d+\.\d+\.\d+, Node 26\./);
});

test('from the package: holdfast up serves a scored request and ends with SIGTERM', { timeout: 90_000 }, async () => {
  const up = spawn(
    process.execPath,
    [launcher, 'up', '--listen', '127.0.0.1:0', '--control-listen', '127.0.0.1:0', '--workers', '1'],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  const edge = await new Promise<string>((resolve, reject) => {
    const listen = (text: Buffer) => {
      said += text;
      const found = /^ {2}edge +(http:\S+)/m.exec(said);
      if (found !== null) resolve(found[1]!);
    };
    up.stdout.on('data', listen);
    up.stderr.on('data', listen);
    up.on('exit', (code) => reject(new Error(`holdfast up ended with ${code}:\n${said}`)));
  });
  const trace = await (await fetch(`${edge}/.holdfast/trace`)).text();
  assert.match(trace, /^score=\d+$/m);
  const ended = new Promise<number | null>((resolve) => up.on('exit', resolve));
  up.kill('SIGTERM');
  assert.equal(await ended, 0, said);
});

test('from the package: the first visitors of holdfast edge get the site, and each leaves a line on stdout', {
  timeout: 90_000,
}, async () => {
  const { statuses, lines, exitCode } = await visitFirstStart(launcher, 'edge');
  assert.deepEqual([[...new Set(statuses)], lines.length, exitCode], [[200], statuses.length, 0]);
});
