import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, untilAnswered } from './ask.ts';
import { cores, freePort, PinnedProcess } from './pinned.ts';

/** Bytes of the origin's answer to every path. */
export type BodySize = 130 | 10_240 | 1_048_576;
const sizes: readonly BodySize[] = [130, 10_240, 1_048_576];

/** Answers with the request headers that a proxy should have added, so that the bench can see that it did. */
export const echoPath = '/bench-echo';

/** nginx with one port per size of the answer. */
export interface Origin {
  portOf(size: BodySize): number;
  /** What it answers to every path. */
  bodyOf(size: BodySize): Promise<Buffer>;
  stop(): Promise<void>;
}

export async function startOrigin(folder: string): Promise<Origin> {
  const ports = new Map<BodySize, number>();
  for (const size of sizes) {
    ports.set(size, await freePort());
    writeFileSync(join(folder, `body-${size}`), textOf(size));
  }
  const path = join(folder, 'origin.conf');
  writeFileSync(path, configurationOf(folder, ports));
  const nginx = new PinnedProcess('nginx', ['-c', path], { core: cores.load, folder, name: 'origin' });
  const portOf = (size: BodySize) => ports.get(size)!;
  try {
    await untilAnswered({ port: portOf(130), scheme: 'http', path: '/' }, () => nginx.isOver);
  } catch (error) {
    await nginx.stop();
    throw new Error(`the origin (nginx) does not serve: ${(error as Error).message}\n${nginx.lastWords}`);
  }
  return {
    portOf,
    bodyOf: async (size) => (await ask({ port: portOf(size), scheme: 'http', path: '/' })).body,
    stop: () => nginx.stop(),
  };
}

/** Not one repeated byte, so that a piece lost or sent twice is seen. */
function textOf(size: BodySize): string {
  let text = '';
  for (let line = 0; text.length < size; line++) text += `${line.toString(36)}.`;
  return text.slice(0, size);
}

function configurationOf(folder: string, ports: ReadonlyMap<BodySize, number>): string {
  const servers = [...ports].map(([size, port]) => {
    // A small answer comes out of memory, a large one as a file: so does a real origin's.
    const answer = size === 130 ? `return 200 "${textOf(130)}";` : `root ${folder}; rewrite ^ /body-${size} break;`;
    return `  server { listen 127.0.0.1:${port} backlog=16384;
    location = ${echoPath} { return 200 "$http_x_forwarded_for|$http_via|$http_holdfast_bot_score"; }
    location / { ${answer} } }`;
  });
  return `${nginxPreamble(folder, 'origin', 1, 2_048)}
  open_file_cache max=16; sendfile on; tcp_nopush on;
${servers.join('\n')}
}
`;
}

/** The part that every nginx of the bench has in common, up to the inside of `http`. */
export function nginxPreamble(folder: string, name: string, workers: number, connections: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off; pid ${folder}/${name}.pid; error_log ${folder}/${name}.error;
${process.getuid?.() === 0 ? 'user root; ' : ''}worker_processes ${workers};
events { worker_connections ${connections}; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s;
  ${temporary.map((one) => `${one}_temp_path ${folder}/${name}-${one};`).join(' ')}`;
}
