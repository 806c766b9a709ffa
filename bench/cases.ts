import type { Scheme } from './ask.ts';
import type { BodySize } from './origin.ts';

interface Common {
  readonly name: string;
  readonly scheme: Scheme;
  readonly originBytes: BodySize;
}

/** CPU per request under load, one worker on one core. */
export interface LoadCase extends Common {
  readonly kind: 'load';
  readonly generator: 'wrk' | 'h2load' | 'newConnections';
  /** Of the request; 0: GET. */
  readonly bodyBytes: number;
}

/** Memory per connection that was answered once and then is silent. */
export interface IdleCase extends Common {
  readonly kind: 'idle';
}

/** From the command to the first answer, and memory, with two workers on any core. */
export interface StartupCase extends Common {
  readonly kind: 'startup';
}

export type Case = LoadCase | IdleCase | StartupCase;

const wrk = { kind: 'load', generator: 'wrk', scheme: 'http', bodyBytes: 0, originBytes: 130 } as const;
const tls = { ...wrk, scheme: 'https' } as const;

export const cases: readonly Case[] = [
  { name: 'proxied-130', ...wrk },
  { name: 'proxied-10k', ...wrk, originBytes: 10_240 },
  { name: 'proxied-1m', ...wrk, originBytes: 1_048_576 },
  { name: 'post-10k', ...wrk, bodyBytes: 10_240 },
  { name: 'tls-keepalive', ...tls },
  { name: 'tls-new', ...tls, generator: 'newConnections' },
  { name: 'h2', ...tls, scheme: 'h2', generator: 'h2load' },
  { name: 'idle-plain', kind: 'idle', scheme: 'http', originBytes: 130 },
  { name: 'idle-tls', kind: 'idle', scheme: 'https', originBytes: 130 },
  { name: 'startup', kind: 'startup', scheme: 'http', originBytes: 130 },
];
