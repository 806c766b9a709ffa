import { bundleBytesMax } from '../../bundles/index.ts';
import type { BundleKind } from '../../contract/bundleKind.ts';
import type { KindStatus } from '../../contract/controlApi.ts';
import type { Finding } from '../../contract/finding.ts';
import { ControlClient, type ControlError } from '../../controlClient/index.ts';
import type { TimerClock } from '../../kernel/clock.ts';
import type { Result } from '../../kernel/result.ts';
import { ControlGone, type ControlPort, factoryNote, type PublishAnswer } from './controlPort.ts';
import { publishLimits } from './limits.ts';

/** Control over its HTTP API: what the factory makes of its answers. */
export class HttpControl implements ControlPort {
  readonly #url: string;
  readonly #client: ControlClient;

  constructor(options: { readonly url: string; readonly token: () => string; readonly clock: TimerClock }) {
    const { url, token, clock } = options;
    this.#url = url;
    this.#client = new ControlClient({ url: () => url, token, msMax: publishLimits.controlMsMax, clock });
  }

  async kindStatus(kind: BundleKind): Promise<KindStatus> {
    return this.#valueOf(await this.#client.kindStatus(kind));
  }

  async bundle(kind: BundleKind, version: number): Promise<Uint8Array> {
    return this.#valueOf(await this.#client.bundle(kind, version, bundleBytesMax(kind) + 1));
  }

  async publish(kind: BundleKind, bundle: Uint8Array): Promise<PublishAnswer> {
    const stored = await this.#client.publish(kind, bundle, factoryNote);
    if (stored.ok) return { answer: 'stored' };
    const { status, said } = stored.error;
    if (said !== undefined && status === 409) return { answer: 'conflict', error: said.error };
    if (said !== undefined && status === 423) return { answer: 'frozen', error: said.error };
    if (said !== undefined && status === 422) {
      return { answer: 'refused', error: said.error, findings: said.findings ?? [] };
    }
    throw this.#gone(stored.error);
  }

  async reportRefusal(kind: BundleKind, findings: readonly Finding[]): Promise<void> {
    this.#valueOf(await this.#client.reportRefusal(kind, { where: 'factory', findings }));
  }

  #valueOf<T>(answer: Result<T, ControlError>): T {
    if (answer.ok) return answer.value;
    throw this.#gone(answer.error);
  }

  #gone({ message, cause }: ControlError): ControlGone {
    return new ControlGone(`control at ${this.#url}: ${message}`, { cause });
  }
}
