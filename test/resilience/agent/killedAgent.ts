import { readFileSync } from 'node:fs';
import type { BundleKind } from '../../../src/contract/bundleKind.ts';
import { goTheWay, tellParent } from '../bundleWay.ts';
import { decodeKeys } from '../smallBundles.ts';

/*
 * Entry of a process that ends itself with SIGKILL at one named fault point:
 * `killedAgent DATA KEYFILE KIND POINT`. It exits 0 when the point is never reached.
 */
const [data = '', keyFile = '', kind = '', point = ''] = process.argv.slice(2);
const faults = {
  reach(reached: string) {
    if (reached === point) process.kill(process.pid, 'SIGKILL');
  },
};
await goTheWay(data, decodeKeys(readFileSync(keyFile, 'utf8')), [kind as BundleKind], faults, tellParent);
