import { type BundleKind, isBundleKind, type KindVersions } from '../contract/bundleKind.ts';
import type { ApiError, EdgeReport, KindStatus, RefusalReport } from '../contract/controlApi.ts';
import type { TimerClock } from '../kernel/clock.ts';
import { type HttpAnswer, type HttpCall, httpCall } from '../kernel/httpCall.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import type { ControlError } from './controlError.ts';
import { controlClientLimits } from './limits.ts';

export interface ControlClientOptions {
  /** Both are asked at each call: control may move, and a new token needs no restart. They may throw. */
  readonly url: () => string;
  readonly token: () => string;
  /** A call's, from the question to the answer's last byte; a long poll's wait is part of it. */
  readonly msMax: number;
  /** In which nothing comes, where that is shorter. */
  readonly silentMsMax?: number;
  readonly clock: TimerClock;
}

/** An answer of whatever status, read whole. */
export type ControlAnswer = HttpAnswer;

/** Bytes of a bundle, or what becomes JSON. */
export type ControlBody = Uint8Array | Readonly<Record<string, unknown>> | undefined;

type Bounds = Partial<Pick<HttpCall, 'bytesMax' | 'ifLonger' | 'stop'>>;

/**
 * Control's HTTP API (`contract/controlApi.ts`) for whoever asks it: edge, factory and command line. Every call is bounded
 * in time and bytes and comes to an answer or an error; none rejects. Who asks decides what is tried again, and when.
 */
export class ControlClient {
  readonly #options: ControlClientOptions;

  constructor(options: ControlClientOptions) {
    this.#options = options;
  }

  /** Any call; each status is an answer. */
  async ask(
    method: HttpCall['method'],
    path: string,
    body?: ControlBody,
    bounds: Bounds = {},
  ): Promise<Result<ControlAnswer, ControlError>> {
    const { clock, msMax, silentMsMax = msMax } = this.#options;
    const url = attempt('no-address', () => new URL(path, this.#options.url()));
    if (!url.ok) return url;
    const token = attempt('no-token', () => this.#options.token());
    if (!token.ok) return token;
    const { type, bytes } = entityOf(body);
    const headers = { authorization: `Bearer ${token.value}`, ...(type === undefined ? {} : { 'content-type': type }) };
    const bytesMax = controlClientLimits.answerBytesMax;
    return httpCall(clock, { url: url.value, method, headers, body: bytes, bytesMax, msMax, silentMsMax, ...bounds });
  }

  /** Long poll: answers at once when control wants anything but `known`, otherwise after `waitS` seconds. */
  async wanted(
    edge: string,
    known: KindVersions,
    waitS: number,
    stop: AbortSignal,
  ): Promise<Result<KindVersions, ControlError>> {
    const query = new URLSearchParams({ waitS: `${waitS}` });
    for (const [kind, version] of Object.entries(known)) query.set(kind, `${version}`);
    const path = `/v1/edges/${encodeURIComponent(edge)}/wanted?${query}`;
    const answer = await this.#askWell('GET', path, undefined, { ...shortAnswer, stop });
    const said = answer.ok ? readJson<{ readonly versions?: unknown } | null>(answer.value) : answer;
    return said.ok ? ok(readVersions(said.value?.versions)) : said;
  }

  async report(edge: string, report: EdgeReport, stop: AbortSignal): Promise<Result<void, ControlError>> {
    const path = `/v1/edges/${encodeURIComponent(edge)}/report`;
    const answer = await this.#askWell('POST', path, { ...report }, { ...shortAnswer, stop });
    return answer.ok ? ok(undefined) : answer;
  }

  /** A stored bundle's bytes; of one that is longer than `bytesMax` the first so many. */
  async bundle(
    kind: BundleKind,
    version: number,
    bytesMax: number,
    stop?: AbortSignal,
  ): Promise<Result<Uint8Array, ControlError>> {
    const bounds: Bounds = { bytesMax, ifLonger: 'cut', stop };
    const answer = await this.#askWell('GET', `/v1/bundles/${kind}/${version}`, undefined, bounds);
    return answer.ok ? ok(answer.value.bytes) : answer;
  }

  async kindStatus(kind: BundleKind): Promise<Result<KindStatus, ControlError>> {
    const answer = await this.#askWell('GET', `/v1/kinds/${kind}`);
    return answer.ok ? readJson<KindStatus>(answer.value) : answer;
  }

  /** Hands over a signed bundle; 409, 422 and 423 are refusals with what control says of them. */
  async publish(kind: BundleKind, bundle: Uint8Array, note: string): Promise<Result<void, ControlError>> {
    const answer = await this.#askWell('POST', `/v1/kinds/${kind}/bundles?note=${encodeURIComponent(note)}`, bundle);
    return answer.ok ? ok(undefined) : answer;
  }

  async reportRefusal(kind: BundleKind, report: RefusalReport): Promise<Result<void, ControlError>> {
    const answer = await this.#askWell('POST', `/v1/kinds/${kind}/refusals`, { ...report });
    return answer.ok ? ok(undefined) : answer;
  }

  /** A call whose only good answers are 2xx. */
  async #askWell(
    method: HttpCall['method'],
    path: string,
    body?: ControlBody,
    bounds?: Bounds,
  ): Promise<Result<ControlAnswer, ControlError>> {
    const answer = await this.ask(method, path, body, bounds);
    if (!answer.ok || (answer.value.status >= 200 && answer.value.status < 300)) return answer;
    return err(refusal(answer.value, `${method} ${path.split('?', 1)[0]}`));
  }
}

const shortAnswer: Bounds = { bytesMax: controlClientLimits.shortAnswerBytesMax };

function entityOf(body: ControlBody): { readonly type?: string; readonly bytes?: Uint8Array } {
  if (body === undefined) return {};
  if (body instanceof Uint8Array) return { type: 'application/octet-stream', bytes: body };
  return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) };
}

function attempt<T>(code: 'no-address' | 'no-token', read: () => T): Result<T, ControlError> {
  try {
    return ok(read());
  } catch (cause) {
    // The file may be there at the next call.
    return err({ code, source: 'internal', retry: 'yes', message: (cause as Error).message, cause });
  }
}

function readJson<T>({ bytes }: ControlAnswer): Result<T, ControlError> {
  try {
    return ok(JSON.parse(bytes.toString('utf8')) as T);
  } catch (cause) {
    const message = 'an answer of control is not JSON';
    return err({ code: 'unreadable', source: 'upstream', retry: 'yes', message, cause });
  }
}

function refusal(answer: ControlAnswer, call: string): ControlError {
  const { status, bytes } = answer;
  const isControls = status >= 500;
  const read = readJson<ApiError | null>(answer);
  const text = bytes.toString('utf8').slice(0, controlClientLimits.unexpectedCharsMax).trim();
  return {
    code: 'refused',
    source: isControls ? 'upstream' : 'downstream',
    retry: isControls ? 'yes' : 'no',
    message: `control answered ${status} to ${call}${text === '' ? '' : `: ${text}`}`,
    status,
    ...(read.ok && typeof read.value?.error === 'string' ? { said: read.value } : {}),
  };
}

/** What is no kind that this software knows, or no version, is left out: a newer control may serve older edges. */
function readVersions(value: unknown): KindVersions {
  const versions: Partial<Record<BundleKind, number>> = {};
  for (const [kind, version] of Object.entries(value ?? {})) {
    if (isBundleKind(kind) && Number.isSafeInteger(version) && version >= 0) versions[kind] = version;
  }
  return versions;
}
