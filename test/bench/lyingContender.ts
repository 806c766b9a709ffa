import type { Contender } from '../../bench/contenders/contender.ts';
import { running } from '../../bench/contenders/contender.ts';
import { freePort, PinnedProcess } from '../../bench/pinned.ts';

export type Lie = 'body' | 'forwarded' | 'underLoad' | 'none';

/** A proxy that is no proxy: it fetched the origin's answer once, and lies in one thing. */
export function lyingContender(lie: Lie): Contender {
  return {
    name: 'liar',
    tellsScore: null,
    notServed: () => null,
    async start(setup) {
      const port = await freePort();
      const options = { core: setup.core, folder: setup.folder, name: 'liar' };
      const words = ['-e', program, String(port), String(setup.originPort), lie];
      return running(port, new PinnedProcess(process.execPath, words, options));
    },
  };
}

const program = `
const { createServer } = require('node:http');
const [port, originPort, lie] = process.argv.slice(1);
const forwarded = lie === 'forwarded' ? '203.0.113.9' : '198.51.100.7, 127.0.0.1';
fetch('http://127.0.0.1:' + originPort + '/').then((answer) => answer.text()).then((body) => {
  let requests = 0;
  createServer((request, response) => {
    if (lie === 'underLoad' && ++requests > 20) response.statusCode = 500;
    if (request.url === '/bench-echo') response.end(forwarded + '|1.1 liar|');
    else response.end(lie === 'body' ? body.replace('1', '2') : body);
  }).listen(Number(port), '127.0.0.1');
});
`;
