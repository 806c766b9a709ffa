import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** What one visitor sends, byte for byte, and when. `{host}` in a header stands for the edge's address. */
export interface DrillSession {
  readonly label: 'person' | 'bot';
  /** Kind of client, e.g. `firefox`, `curl`. */
  readonly family: string;
  readonly requests: readonly DrillRequest[];
}

export interface DrillRequest {
  /** Since the session's start. */
  readonly afterMs: number;
  readonly method: string;
  readonly target: string;
  /** Name, value, name, value ... */
  readonly rawHeaders: readonly string[];
}

/** `shipped/drill/sessions.jsonl.gz`, made by `tools/makeDrillSessions.ts`; part of the package. */
export function readDrillSessions(): DrillSession[] {
  const bytes = readFileSync(new URL('../../shipped/drill/sessions.jsonl.gz', import.meta.url));
  return gunzipSync(bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DrillSession);
}
