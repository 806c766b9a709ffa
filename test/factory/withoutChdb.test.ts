import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { askFactory } from '../../src/cli/clients/factorySocket.ts';
import { dataFolder } from '../../src/contract/dataFolder.ts';

/* chdb is an optional package. Without it the factory stays, takes the log off the edges' hands, and says what to do. */
const hidesChdb = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module';
registerHooks({ resolve(name, context, next) {
  if (name === 'chdb') throw Object.assign(new Error("Cannot find package 'chdb'"), { code: 'ERR_MODULE_NOT_FOUND' });
  return next(name, context);
} });`)}`;

it('without chdb the factory stays and says what to install', async () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-nochdb-'));
  const entry = fileURLToPath(new URL('../../src/main/factory.ts', import.meta.url));
  const options = { data: root, control: { url: 'http://127.0.0.1:1', tokenFile: '/nowhere' }, everyS: 300 };
  const child = spawn(process.execPath, ['--import', hidesChdb, entry, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  try {
    let said = '';
    const told = new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('warehouse-unavailable')) resolve();
      });
    });
    await told;
    assert.match(said, /optional package chdb.*npm install chdb@/);
    const { text } = await askFactory(dataFolder(root).factorySocket, 'GET', '/status');
    assert.equal(JSON.parse(text).engine, null);
    assert.match(JSON.parse(text).engineError, /npm install chdb@/);
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(root, { recursive: true, force: true });
  }
});
