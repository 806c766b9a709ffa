import { readFileSync } from 'node:fs';

/** How a Node peer is started: its only argument, as JSON. */
export interface PeerStart {
  readonly port: number;
  readonly originPort: number;
  readonly scheme: 'http' | 'https' | 'h2';
  readonly certificatePath: string;
  readonly keyPath: string;
}

export const start = JSON.parse(process.argv[2] ?? '{}') as PeerStart;

/** null: plain. */
export const tlsOptions =
  start.scheme === 'http' ? null : { cert: readFileSync(start.certificatePath), key: readFileSync(start.keyPath) };

/** Longer than any case lasts: what is measured is not how soon a peer gives idle connections up. */
export const idleMs = 300_000;

// Ends by itself, so that a profile is written.
process.on('SIGTERM', () => process.exit(0));
