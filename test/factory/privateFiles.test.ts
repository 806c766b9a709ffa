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
      const modes = modesBelow(folder.root);
      assert.ok(modes.size > 20, `only ${modes.size} files and folders were seen`);
      const open = [...modes].filter(([, mode]) => (mode & 0o077) !== 0).map(([path]) => path);
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

/** The mode of everything below a folder. ClickHouse removes parts it has merged at any moment: those are passed over. */
function modesBelow(folder: string, modes = new Map<string, number>()): Map<string, number> {
  for (const found of unlessGone(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    if (found.isSymbolicLink()) continue;
    const path = join(folder, found.name);
    const mode = unlessGone(() => statSync(path).mode);
    if (mode !== undefined) modes.set(path, mode);
    if (found.isDirectory()) modesBelow(path, modes);
  }
  return modes;
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
