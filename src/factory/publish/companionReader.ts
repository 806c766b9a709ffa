import { readFileSync } from 'node:fs';
import { type Content, validatePayload, verifyBundle } from '../../bundles/index.ts';
import {
  type BundleKind,
  type Companions,
  isShippedKind,
  type KindVersions,
  rowOf,
} from '../../contract/bundleKind.ts';
import type { Trust } from '../../contract/trust.ts';
import type { Logger } from '../../kernel/log.ts';
import type { ControlPort } from './controlPort.ts';

/** What a new file has to fit, as its kind's row names it: what control holds, and what the software comes with. */
export class CompanionReader {
  readonly #control: ControlPort;
  readonly #trust: () => Trust;
  readonly #log: Logger;
  /** By kind: read again only when control's newest version changed. */
  readonly #held = new Map<BundleKind, { readonly version: number; readonly content: Content | undefined }>();
  readonly #shipped = new Map<BundleKind, Content | undefined>();

  constructor(control: ControlPort, trust: () => Trust, log: Logger) {
    this.#control = control;
    this.#trust = trust;
    this.#log = log;
  }

  /**
   * Rejects with `ControlGone`. `latest` says which version control holds where that is known already; else it is asked.
   * Where control holds nothing, edges run what the software ships.
   */
  async read(kind: BundleKind, latest: KindVersions): Promise<Companions> {
    const { companions, shippedCompanions } = rowOf(kind);
    const versions: [BundleKind, number][] = [];
    for (const each of companions) {
      versions.push([each, latest[each] ?? (await this.#control.kindStatus(each)).latest]);
    }
    const contents: Content[] = [];
    for (const [each, version] of versions) contents.push(...present(await this.#content(each, version)));
    const shipped = shippedCompanions.flatMap((each) => present(this.#shippedContent(each)));
    return { ...filesOf(contents), shipped: filesOf(shipped) };
  }

  /** Control took this one: it need not be fetched. */
  hold(version: number, content: Content): void {
    this.#held.set(content.kind, { version, content });
  }

  async #content(kind: BundleKind, version: number): Promise<Content | undefined> {
    const held = this.#held.get(kind);
    if (held?.version === version) return held.content;
    const content = version === 0 ? this.#shippedContent(kind) : await this.#stored(kind, version);
    this.#held.set(kind, { version, content });
    return content;
  }

  async #stored(kind: BundleKind, version: number): Promise<Content | undefined> {
    const bytes = await this.#control.bundle(kind, version);
    const bundle = verifyBundle(bytes, { kind, trust: this.#trust(), versionAfter: version - 1 });
    const content = bundle.ok ? validatePayload(kind, bundle.value.payload, {}) : bundle;
    if (content.ok) return content.value;
    // Edges refuse it too, so nothing has to fit it; the file itself is still validated.
    this.#log.warn('companion-unusable', { kind, version, findings: content.error });
    return undefined;
  }

  #shippedContent(kind: BundleKind): Content | undefined {
    if (!isShippedKind(kind)) return undefined;
    const content = this.#shipped.get(kind) ?? this.#readShipped(kind);
    this.#shipped.set(kind, content);
    return content;
  }

  #readShipped(kind: BundleKind): Content | undefined {
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

function present(content: Content | undefined): readonly Content[] {
  return content === undefined ? [] : [content];
}

function filesOf(contents: readonly Content[]): Companions {
  return Object.fromEntries(contents.map(({ kind, file }) => [kind, file]));
}
