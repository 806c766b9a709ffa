/*
 * Loaded before a worker (`--import`, with `--expose-gc`): answers `{type: 'heap'}` with what its heap holds once all
 * garbage is gone, so that a test can tell a leak from what lies about.
 */
process.on('message', (message: { type?: string }) => {
  if (message.type !== 'heap') return;
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  process.send!({ type: 'heap', bytes: heapUsed + external + arrayBuffers });
});
