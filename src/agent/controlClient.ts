import { bundleBytesMax } from '../bundles/index.ts';
import { type BundleKind, isBundleKind, type KindVersions } from '../contract/bundleKind.ts';
import type { EdgeReport } from '../contract/controlApi.ts';
import type { TimerClock } from '../kernel/clock.ts';
import { withDeadline } from '../kernel/withDeadline.ts';
import { agentLimits } from './limits.ts';

/** Where control is and who asks. */
export interface ControlAddress {
  readonly url: string;
  /** Read at each call: a new token needs no restart. May throw. */
  readonly token: () => string;
  readonly edge: string;
}

/** Control's API as an edge uses it. Every call is bounded in time and bytes; failures are thrown with a sentence. */
export class ControlClient {
  readonly #address: ControlAddress;
  readonly #clock: TimerClock;

  constructor(address: ControlAddress, clock: TimerClock) {
    this.#address = address;
    this.#clock = clock;
  }

  /** Long poll: answers at once when control wants anything but `known`, otherwise after `waitS` seconds. */
  async wanted(known: KindVersions, waitS: number, stop: AbortSignal): Promise<KindVersions> {
    const query = new URLSearchParams({ waitS: `${waitS}` });
    for (const [kind, version] of Object.entries(known)) query.set(kind, `${version}`);
    const path = `/v1/edges/${encodeURIComponent(this.#address.edge)}/wanted?${query}`;
    const bytes = await this.#call('GET', path, agentLimits.answerBytesMax, stop);
    const answer = JSON.parse(Buffer.from(bytes).toString('utf8')) as { versions?: unknown };
    return readVersions(answer.versions);
  }

  /** A bundle's bytes. Of one that is too long as many come as show that, and the one check of bundles refuses it. */
  bundle(kind: BundleKind, version: number, stop: AbortSignal): Promise<Uint8Array> {
    return this.#call('GET', `/v1/bundles/${kind}/${version}`, bundleBytesMax(kind) + 1, stop);
  }

  async report(report: EdgeReport, stop: AbortSignal): Promise<void> {
    const path = `/v1/edges/${encodeURIComponent(this.#address.edge)}/report`;
    await this.#call('POST', path, agentLimits.answerBytesMax, stop, JSON.stringify(report));
  }

  #call(method: string, path: string, bytesMax: number, stop: AbortSignal, body?: string): Promise<Uint8Array> {
    const call = (signal: AbortSignal) => this.#callUntil(signal, method, path, bytesMax, body);
    return withDeadline(this.#clock, agentLimits.requestMsMax, call, stop);
  }

  async #callUntil(
    signal: AbortSignal,
    method: string,
    path: string,
    bytesMax: number,
    body?: string,
  ): Promise<Uint8Array> {
    const response = await fetch(new URL(path, this.#address.url), {
      method,
      redirect: 'error',
      signal,
      headers: {
        authorization: `Bearer ${this.#address.token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const bytes = await readAtMost(response, bytesMax);
    if (!response.ok) throw new Error(`control answered ${response.status} to ${method} ${path.split('?')[0]}`);
    return bytes;
  }
}

async function readAtMost(response: Response, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Counted as it comes: a Content-Length may lie or be missing. Leaving the loop ends the transfer.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax);
}

/** What is no kind that this edge knows, or no version, is left out: a newer control may serve older edges. */
function readVersions(value: unknown): KindVersions {
  const versions: Partial<Record<BundleKind, number>> = {};
  for (const [kind, version] of Object.entries(value ?? {})) {
    if (isBundleKind(kind) && Number.isSafeInteger(version) && version >= 0) versions[kind] = version;
  }
  return versions;
}
