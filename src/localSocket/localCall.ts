import type { TimerClock } from '../kernel/clock.ts';
import { type CallError, type HttpAnswer, type HttpCall, httpCall } from '../kernel/httpCall.ts';
import type { Result } from '../kernel/result.ts';

export type LocalCallBounds = Pick<HttpCall, 'bytesMax' | 'msMax' | 'silentMsMax'>;

/** Asks a process of this machine over its unix socket. Never rejects; any status is an answer. */
export function localCall(
  clock: TimerClock,
  socketPath: string,
  method: HttpCall['method'],
  path: string,
  body: Uint8Array | Readonly<Record<string, unknown>> | undefined,
  bounds: LocalCallBounds,
): Promise<Result<HttpAnswer, CallError>> {
  const bytes = body === undefined || body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  return httpCall(clock, { ...bounds, url: new URL(path, 'http://localhost'), socketPath, method, body: bytes });
}
