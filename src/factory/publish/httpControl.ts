import type { BundleKind } from '../../contract/bundleKind.ts';
import type { ApiError, KindStatus } from '../../contract/controlApi.ts';
import type { Finding } from '../../contract/finding.ts';
import type { TimerClock } from '../../kernel/clock.ts';
import { withDeadline } from '../../kernel/withDeadline.ts';
import { ControlGone, type ControlPort, factoryNote, type PublishAnswer } from './controlPort.ts';
import { publishLimits } from './limits.ts';

/** Control over its HTTP API, with a deadline and a bound on every answer. */
export class HttpControl implements ControlPort {
  readonly #url: string;
  readonly #token: () => string;
  readonly #clock: TimerClock;

  constructor(options: { readonly url: string; readonly token: () => string; readonly clock: TimerClock }) {
    this.#url = options.url.replace(/\/$/, '');
    this.#token = options.token;
    this.#clock = options.clock;
  }

  async kindStatus(kind: BundleKind): Promise<KindStatus> {
    const { status, body } = await this.#call('GET', `/v1/kinds/${kind}`);
    if (status !== 200) throw unexpected(status, body);
    return readJson<KindStatus>(body);
  }

  async bundle(kind: BundleKind, version: number): Promise<Uint8Array> {
    const { status, body } = await this.#call('GET', `/v1/bundles/${kind}/${version}`);
    if (status !== 200) throw unexpected(status, body);
    return body;
  }

  async publish(kind: BundleKind, bundle: Uint8Array): Promise<PublishAnswer> {
    const { status, body } = await this.#call(
      'POST',
      `/v1/kinds/${kind}/bundles?note=${encodeURIComponent(factoryNote)}`,
      bundle,
      'application/octet-stream',
    );
    if (status === 201) return { answer: 'stored' };
    if (status !== 409 && status !== 422 && status !== 423) throw unexpected(status, body);
    const { error, findings = [] } = readJson<ApiError>(body);
    if (status === 422) return { answer: 'refused', error, findings };
    return { answer: status === 423 ? 'frozen' : 'conflict', error };
  }

  async reportRefusal(kind: BundleKind, findings: readonly Finding[]): Promise<void> {
    const body = Buffer.from(JSON.stringify({ where: 'factory', findings }));
    const answer = await this.#call('POST', `/v1/kinds/${kind}/refusals`, body, 'application/json');
    if (answer.status >= 300) throw unexpected(answer.status, answer.body);
  }

  async #call(
    method: string,
    path: string,
    body?: Uint8Array,
    contentType?: string,
  ): Promise<{ status: number; body: Buffer }> {
    try {
      return await withDeadline(this.#clock, publishLimits.controlTimeoutMs, async (signal) => {
        const answer = await fetch(this.#url + path, {
          method,
          headers: {
            authorization: `Bearer ${this.#token()}`,
            ...(contentType === undefined ? {} : { 'content-type': contentType }),
          },
          ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
          redirect: 'error',
          signal,
        });
        return { status: answer.status, body: await readBounded(answer) };
      });
    } catch (error) {
      if (error instanceof ControlGone) throw error;
      const cause = (error as Error).cause as Error | undefined;
      throw new ControlGone(`control at ${this.#url}: ${cause?.message ?? (error as Error).message}`, { cause: error });
    }
  }
}

async function readBounded(answer: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > publishLimits.controlAnswerBytesMax) throw new ControlGone('an answer of control is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readJson<T>(body: Buffer): T {
  try {
    return JSON.parse(body.toString('utf8')) as T;
  } catch {
    throw new ControlGone('an answer of control is not JSON');
  }
}

function unexpected(status: number, body: Buffer): ControlGone {
  return new ControlGone(`control answered ${status}: ${body.toString('utf8').slice(0, 300)}`);
}
