import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import type { TimerClock } from './clock.ts';
import { err, ok, type Result } from './result.ts';

/** One question over HTTP, to an address or to a unix socket of this machine. */
export interface HttpCall {
  /** `http:` or `https:`; of a socket only path and query count. */
  readonly url: URL;
  readonly socketPath?: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** Of the answer's body. */
  readonly bytesMax: number;
  /** What is longer is an error, or cut: so many bytes are the answer then. */
  readonly ifLonger?: 'fail' | 'cut';
  /** From the question to the answer's last byte. */
  readonly msMax: number;
  /** In which nothing comes and nothing goes; where that is shorter than the whole may take. */
  readonly silentMsMax?: number;
  readonly stop?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly bytes: Buffer;
}

export type CallFault =
  /** Nothing listens there, or the connection broke before an answer began. */
  | 'unreachable'
  /** The answer broke off. */
  | 'cut-off'
  | 'silent'
  | 'too-long'
  | 'stopped'
  /** The question itself cannot be sent: a token with a line's end, a strange address. */
  | 'not-sendable';

export interface CallError {
  readonly code: CallFault;
  readonly source: 'upstream' | 'internal';
  readonly retry: 'yes' | 'no';
  /** A sentence without its full stop. */
  readonly message: string;
  readonly cause?: unknown;
}

const origins: Readonly<Record<CallFault, Pick<CallError, 'source' | 'retry'>>> = {
  unreachable: { source: 'upstream', retry: 'yes' },
  'cut-off': { source: 'upstream', retry: 'yes' },
  silent: { source: 'upstream', retry: 'yes' },
  'too-long': { source: 'upstream', retry: 'no' },
  stopped: { source: 'internal', retry: 'no' },
  'not-sendable': { source: 'internal', retry: 'no' },
};

/**
 * Asks and reads the answer whole, within its bounds of bytes and time. Any status is an answer; no redirect is followed.
 * Never rejects. Each call has a connection of its own: what asks here asks a few times a minute.
 */
export async function httpCall(clock: TimerClock, call: HttpCall): Promise<Result<HttpAnswer, CallError>> {
  try {
    // Loaded where somebody asks for it: TLS costs memory in processes that never need it.
    const open = call.url.protocol === 'https:' ? (await import('node:https')).request : request;
    return await exchange(clock, call, open);
  } catch (error) {
    return failure('not-sendable', (error as Error).message, error);
  }
}

function exchange(clock: TimerClock, call: HttpCall, open: typeof request): Promise<Result<HttpAnswer, CallError>> {
  const { bytesMax, ifLonger = 'fail', msMax, silentMsMax = msMax, stop } = call;
  if (stop?.aborted === true) return Promise.resolve(failure('stopped', 'the call was given up'));
  return new Promise((resolve) => {
    const sent: ClientRequest = open(optionsOf(call), (answer) => {
      collect(answer, bytesMax, (bytes) => {
        const isWhole = bytes.length <= bytesMax;
        if (isWhole || ifLonger === 'cut') {
          return end(ok({ status: answer.statusCode ?? 0, bytes: isWhole ? bytes : bytes.subarray(0, bytesMax) }));
        }
        end(failure('too-long', `the answer has more than ${bytesMax} bytes`));
      });
      answer.on('error', (error) => end(failure('cut-off', error.message, error)));
    });
    const silent = (ms: number) => end(failure('silent', `no answer within ${ms / 1_000} s`));
    const stopped = () => end(failure('stopped', 'the call was given up'));
    const deadline = clock.after(msMax, () => silent(msMax));
    const end = (result: Result<HttpAnswer, CallError>): void => {
      deadline.cancel();
      stop?.removeEventListener('abort', stopped);
      resolve(result);
      // Nothing more is wanted of the connection, whatever either side still sends. What that makes fail is told to nobody.
      sent.destroy();
    };
    stop?.addEventListener('abort', stopped);
    if (silentMsMax < msMax) sent.setTimeout(silentMsMax, () => silent(silentMsMax));
    sent.on('error', (error) => end(failure('unreachable', error.message, error)));
    sent.end(call.body);
  });
}

function optionsOf({ url, socketPath, method, headers = {}, body }: HttpCall): RequestOptions {
  const to = { method, path: `${url.pathname}${url.search}`, agent: false } as const;
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const head = { ...headers, ...length };
  if (socketPath !== undefined) return { ...to, socketPath, headers: head };
  return { ...to, hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port, headers: head };
}

/** Counted as it comes: a Content-Length may lie or be missing. Gives more than `bytesMax` as soon as there is more. */
function collect(answer: IncomingMessage, bytesMax: number, onBytes: (bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    if (bytes > bytesMax) return;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bytesMax) onBytes(Buffer.concat(chunks));
  });
  answer.on('end', () => {
    if (bytes <= bytesMax) onBytes(Buffer.concat(chunks));
  });
}

function failure(code: CallFault, message: string, cause?: unknown): Result<never, CallError> {
  return err({ code, ...origins[code], message, ...(cause === undefined ? {} : { cause }) });
}
