import { closeSync, openSync, readSync } from 'node:fs';
import { configLimits, type HoldfastConfig, readConfigBytes } from '../../config/index.ts';
import { err, type Result } from '../../kernel/result.ts';

/** Reads and checks a configuration file. The error is a text for its author: every problem on a line with its place. */
export function readConfigFile(path: string): Result<HoldfastConfig, string> {
  let bytes: Uint8Array;
  try {
    bytes = readAtMost(path, configLimits.fileBytesMax + 1);
  } catch (error) {
    return err(`cannot read the configuration: ${(error as Error).message}`);
  }
  const config = readConfigBytes(bytes);
  if (config.ok) return config;
  const problems = config.error.map((problem) => `${path}:${problem.line}:${problem.column}: ${problem.message}`);
  const count = `${problems.length} problem${problems.length === 1 ? '' : 's'}`;
  return err(`${problems.join('\n')}\n${count}; 'holdfast check ${path}' shows them in place`);
}

/** One byte more than allowed shows that a file is too long, without reading the rest of it. */
function readAtMost(path: string, bytesMax: number): Uint8Array {
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(bytesMax);
    let length = 0;
    for (;;) {
      const read = readSync(descriptor, buffer, length, bytesMax - length, null);
      length += read;
      if (read === 0 || length === bytesMax) return buffer.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}
