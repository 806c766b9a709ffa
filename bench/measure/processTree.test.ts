import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { it } from 'node:test';
import { parseStat, treeCpuUs, treeMemory, treeOf } from './processTree.ts';

const isLinux = process.platform === 'linux';

it('a process name may hold parentheses and spaces', () => {
  const line = '7 (a) b (c)) S 5 7 7 0 -1 4194560 1 0 0 0 30 12 4 1 20 0 11 0 99 1 1';
  assert.deepEqual(parseStat(line), { parent: 5, ownUs: 420_000, reapedUs: 50_000 });
});

it('CPU of a tree counts children, also those that ended', { skip: !isLinux && 'Linux only' }, () => {
  const before = treeCpuUs(process.pid);
  // The asking itself is the kernel's time, which may be several times the program's own.
  const busy = 'let used; do used = process.cpuUsage(); while (used.user + used.system < 300_000);';
  execFileSync(process.execPath, ['-e', busy]);
  const us = treeCpuUs(process.pid) - before;
  assert.ok(us > 200_000 && us < 2_000_000, `${us} µs`);
});

it('a tree holds its grandchildren, and its memory counts them', { skip: !isLinux && 'Linux only' }, async () => {
  const parent = spawn('sh', ['-c', 'sleep 20 & wait'], { stdio: 'ignore' });
  try {
    await until(() => treeOf(parent.pid!).length === 2);
    const { residentBytes, proportionalBytes } = treeMemory(parent.pid!);
    assert.ok(residentBytes >= proportionalBytes && proportionalBytes > 0);
    const own = treeMemory(process.pid).residentBytes / process.memoryUsage.rss();
    assert.ok(own > 0.5 && own < 2, `${own} of what the process says of itself`);
  } finally {
    endTree(parent);
  }
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function endTree(parent: ChildProcess): void {
  for (const pid of treeOf(parent.pid!)) process.kill(pid, 'SIGKILL');
}
