import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { copyFileSync, linkSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

/*
 * The launcher under three Nodes: the one that Holdfast runs on, another one that can become it, and one that is too old
 * for that and stays as its parent. The others are this Node under another name, without what it would lack.
 */
const launcher = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'holdfast-launcher-'));
const otherNode = join(folder, 'node');
try {
  linkSync(process.execPath, otherNode);
} catch {
  copyFileSync(process.execPath, otherNode); // Another file system.
}
after(() => rmSync(folder, { recursive: true, force: true }));

const ways = [
  { name: 'the Node that Holdfast runs on', command: [process.execPath], staysAsParent: false },
  { name: 'a Node that becomes it', command: [otherNode], staysAsParent: false },
  {
    name: 'a Node that must start it',
    command: [otherNode, '--import', 'data:text/javascript,delete process.execve'],
    staysAsParent: true,
  },
] as const;

for (const { name, command, staysAsParent } of ways) {
  const [node, ...flags] = command;
  const run = (...args: string[]) =>
    new Promise<{ code: number; said: string }>((resolve) => {
      execFile(node, [...flags, launcher, ...args], (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
      );
    });

  test(`${name}: words and exit codes are the command line's`, async () => {
    const version = await run('version');
    assert.equal(version.code, 0);
    assert.match(version.said, /^holdfast \d+\.\d+\.\d+, Node 26\./);
    const unknown = await run('no such verb', '--version');
    assert.equal(unknown.code, 2);
    assert.match(unknown.said, /there is no verb 'no such verb'/);
  });

  test(`${name}: a signal to the process that was started ends the edge in order`, {
    timeout: 60_000,
  }, async (context) => {
    const data = join(folder, `data ${ways.findIndex((way) => way.name === name)}`);
    const where = ['--data', data, '--listen', '127.0.0.1:0', '--workers', '1'];
    const edge = spawn(node, [...flags, launcher, 'edge', '--origin', 'http://127.0.0.1:9', ...where], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    context.after(() => edge.kill('SIGTERM')); // It is over by then, or the test has failed.
    let said = '';
    const ended = new Promise<number | null>((resolve) => edge.once('exit', resolve));
    await new Promise<void>((resolve, reject) => {
      edge.stderr.on('data', (text: Buffer) => {
        said += text;
        if (said.includes('"event":"listening"')) resolve();
      });
      void ended.then((code) => reject(new Error(`it ended with ${code}:\n${said}`)));
    });
    if (process.platform === 'linux') {
      const title = readFileSync(`/proc/${edge.pid}/cmdline`, 'latin1').split('\0')[0];
      assert.equal(title !== 'holdfast: supervisor', staysAsParent, String(title));
    }
    edge.kill('SIGTERM');
    assert.equal(await ended, 0, said);
  });
}
