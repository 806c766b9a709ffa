/**
 * Versions that may show what `seen` did: up to the next ones of the same browser that were seen and showed something
 * else, on both sides, because nobody knows where between two it changed.
 */
export function versionRange(seen: readonly number[], all: readonly number[]): { from: number; to: number } {
  const first = Math.min(...seen);
  const last = Math.max(...seen);
  const before = all.filter((version) => version < first);
  const after = all.filter((version) => version > last);
  return {
    from: before.length === 0 ? 0 : Math.max(...before) + 1,
    to: after.length === 0 ? 9_999 : Math.min(...after) - 1,
  };
}
