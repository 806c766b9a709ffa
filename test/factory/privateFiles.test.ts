import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { askFactory } from '../../src/cli/clients/factorySocket.ts';
import { ControlProcess } from '../control/controlProcess.ts';
import { connected, framesOf, until } from './frames.ts';
import { record } from './logRecord.ts';

const entry = fileURLToPath(new URL('../../src/main/factory.ts', import.meta.url));

it('nothing that control and factory write is readable for anybody else, whatever the umask they start with', async () => {
  const before = process.umask(0o000);
  const control = new ControlProcess();
  const { folder } = control;
  try {
    await control.start();
    const options = {
      data: folder.root,
      control: { url: control.url, token: control.token, tokenFile: folder.controlToken },
      everyS: 300,
      clickhouseUrl: null,
    };
    const child = spawn(process.execPath, [entry, JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    try {
      await Promise.race([once(child, 'message'), once(child, 'exit')]);
      const status = async () => JSON.parse((await askFactory(folder.factorySocket, 'GET', '/status')).text);
      await until(async () => (await status()).cyclesEnded > 0, 30_000);
      const socket = await connected(folder.logSocket);
      const header = { edge: 'e', worker: 1, versions: {}, featureNames: [] };
      for (const frame of framesOf(header, [{ ...record, vector: null }])) socket.end(frame);
      await until(async () => (await status()).log.recordsInserted === 1);
      const open = below(folder.root).filter((path) => (statSync(path).mode & 0o077) !== 0);
      assert.deepEqual(open, []);
    } finally {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  } finally {
    process.umask(before);
    await control.stop();
  }
});

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((found) => !found.isSymbolicLink())
    .map((found) => join(found.parentPath, found.name));
}
