import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerDemoRequest } from '../demo/site.ts';

/* Entry of the demo origin's process. Argument: JSON {port}; 0 for any free one. */
process.title = 'holdfast: demo origin';
const { port } = JSON.parse(process.argv[2] ?? '{"port":0}') as { port: number };

const server = createServer({ keepAliveTimeout: 75_000 }, answerDemoRequest);
server.on('error', (error) => {
  process.stderr.write(`the demo origin cannot listen: ${error.message}\n`);
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => {
  const { port: bound } = server.address() as AddressInfo;
  process.send?.({ type: 'ready', port: bound, url: `http://127.0.0.1:${bound}` });
});

process.on('SIGINT', () => {}); // The parent decides when everything ends.
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
