import { readFileSync } from 'node:fs';
import { type Content, validatePayload, verifyBundle } from '../../bundles/index.ts';
import type { Companions } from '../../contract/bundleKind.ts';
import type { Trust } from '../../contract/trust.ts';
import type { Logger } from '../../kernel/log.ts';
import type { ControlPort } from '../publish/controlPort.ts';

type CompanionKind = 'features' | 'model';

/** What a new feature file has to fit: the last one published and the model in force, as control holds them. */
export class CompanionReader {
  readonly #control: ControlPort;
  readonly #trust: () => Trust;
  readonly #log: Logger;
  /** By kind: read again only when control's newest version changed. */
  readonly #held = new Map<CompanionKind, { version: number; content: Content | undefined }>();
  #shippedFeatures: Content | undefined;

  constructor(control: ControlPort, trust: () => Trust, log: Logger) {
    this.#control = control;
    this.#trust = trust;
    this.#log = log;
  }

  /** Rejects with `ControlGone`. Where control holds nothing, edges run what the software ships. */
  async read(latest: Readonly<Record<CompanionKind, number>>): Promise<Companions> {
    const features = await this.#content('features', latest.features);
    const model = await this.#content('model', latest.model);
    this.#shippedFeatures ??= this.#shipped('features');
    return {
      ...(features?.kind === 'features' ? { features: features.file } : {}),
      ...(model?.kind === 'model' ? { model: model.file } : {}),
      ...(this.#shippedFeatures?.kind === 'features' ? { shipped: { features: this.#shippedFeatures.file } } : {}),
    };
  }

  async #content(kind: CompanionKind, version: number): Promise<Content | undefined> {
    const held = this.#held.get(kind);
    if (held?.version === version) return held.content;
    const content = version === 0 ? this.#shipped(kind) : await this.#stored(kind, version);
    this.#held.set(kind, { version, content });
    return content;
  }

  async #stored(kind: CompanionKind, version: number): Promise<Content | undefined> {
    const bytes = await this.#control.bundle(kind, version);
    const bundle = verifyBundle(bytes, { kind, trust: this.#trust(), versionAfter: version - 1 });
    const content = bundle.ok ? validatePayload(kind, bundle.value.payload, {}) : bundle;
    if (content.ok) return content.value;
    // Edges refuse it too, so nothing has to fit it; the file itself is still validated.
    this.#log.warn('companion-unusable', { kind, version, findings: content.error });
    return undefined;
  }

  #shipped(kind: CompanionKind): Content | undefined {
    try {
      const path = new URL(`../../../shipped/${kind}.json`, import.meta.url);
      const content = validatePayload(kind, readFileSync(path), {});
      if (content.ok) return content.value;
      this.#log.error('shipped-file-unusable', { kind, findings: content.error });
    } catch (error) {
      this.#log.error('shipped-file-unusable', { kind, error: (error as Error).message });
    }
    return undefined;
  }
}
