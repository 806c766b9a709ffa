import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchHead, headText, makeHeads } from '../heads.ts';

/** One burst of load against a contender, on the core of the load. */
export interface Load {
  /** Requests that were answered. Rejects, with the reason as message, when one failed. */
  run(port: number, seconds: number): Promise<number>;
}

/** What every burst of a case sends: written to files once, so that all contenders get the same bytes. */
export interface LoadFiles {
  readonly heads: readonly BenchHead[];
  /** JSON: list of texts. */
  readonly headsPath: string;
  /** Script for wrk that sends them in turn. */
  readonly luaPath: string;
}

export const headsOfTheBench = { count: 5_000, clients: 500 } as const;

export function writeLoadFiles(folder: string, bodyBytes: number): LoadFiles {
  const heads = makeHeads(headsOfTheBench.count, headsOfTheBench.clients);
  const texts = heads.map((head) => headText(head, bodyBytes > 0 ? 'POST' : 'GET', bodyBytes));
  const headsPath = join(folder, `heads-${bodyBytes}.json`);
  const luaPath = join(folder, `heads-${bodyBytes}.lua`);
  writeFileSync(headsPath, JSON.stringify(texts));
  writeFileSync(luaPath, luaScript(texts, bodyBytes));
  return { heads, headsPath, luaPath };
}

/** Everything is put together before the first request: what is left for wrk is one look into a table. */
export function luaScript(heads: readonly string[], bodyBytes: number): string {
  const quoted = heads.map((head) => `"${head.replace(/["\\]/g, '\\$&').replaceAll('\r\n', '\\r\\n')}",`);
  return `local requests = {
${quoted.join('\n')}
}
local body = string.rep("b", ${bodyBytes})
for index = 1, #requests do requests[index] = requests[index] .. body end
local count, at = #requests, 0
function request()
  at = at + 1
  if at > count then at = 1 end
  return requests[at]
end
`;
}
