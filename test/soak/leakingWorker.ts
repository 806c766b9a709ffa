import { openSync } from 'node:fs';
import { RequestReader } from '../../src/http/index.ts';

/*
 * A test double, loaded before a worker (`NODE_OPTIONS=--import`): keeps the head of every request many times over and opens
 * a file for every hundredth, so that a leak shows in seconds.
 */
const keptBytes = 128 << 10;
const requestsPerFile = 100;

if (/[/\\]worker\.[jt]s$/.test(process.argv[1] ?? '')) {
  const kept: Buffer[] = [];
  let requests = 0;
  const { read } = RequestReader.prototype;
  RequestReader.prototype.read = function (bytes, start, end) {
    const next = read.call(this, bytes, start, end);
    if (next > 0) {
      requests += 1;
      kept.push(Buffer.alloc(keptBytes, bytes.subarray(start, next)));
      if (requests % requestsPerFile === 0) openSync('/dev/null', 'r');
    }
    return next;
  };
}
