/** Below it the callback costs more than the garbage. */
const releasedBytesMin = 16 << 10;

/**
 * A callback for the moment when `bytes` are written: gives their memory back at once. The collector counts a 64 KiB
 * piece as a few hundred bytes and lets 30–60 MiB of them lie about (measured: 1 GiB moved grew the worker by 45 MiB).
 * Only for bytes that have a buffer to themselves and that nobody reads again.
 */
export function releaseAfterWrite(bytes: Uint8Array): (() => void) | undefined {
  const { buffer } = bytes;
  if (bytes.byteLength < releasedBytesMin || buffer.byteLength !== bytes.byteLength) return undefined;
  if (!(buffer instanceof ArrayBuffer)) return undefined;
  return () => {
    // Moving the content into a buffer of no length frees it.
    if (!buffer.detached) buffer.transfer(0);
  };
}
