import {
  type Bundle,
  companionsOf,
  fileOf,
  readEnvelope,
  type SigningKey,
  signBundle,
  type validatePayload,
  verifyBundle,
  versionMax,
} from '../bundles/index.ts';
import type { BundleKind, Companions, KindVersions } from '../contract/bundleKind.ts';
import { bundleKinds, freezableKinds } from '../contract/bundleKind.ts';
import type { KindStatus, Published, SwitchesStatus } from '../contract/controlApi.ts';
import type { Finding } from '../contract/finding.ts';
import type { Switch } from '../contract/kinds/switchesFile.ts';
import type { Trust } from '../contract/trust.ts';
import { assert } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Changes } from './changes.ts';
import { controlLimits } from './limits.ts';
import { Refused } from './refused.ts';
import type { ControlStore } from './store.ts';

export interface PublisherPorts {
  readonly store: ControlStore;
  readonly changes: Changes;
  readonly clock: Clock;
  /** Both are read anew for each bundle: a rotation or revocation needs no restart. May throw. */
  readonly trust: () => Trust;
  readonly signingKey: (kind: BundleKind) => SigningKey;
  /** Version 0: what the software ships with. */
  readonly shipped: (kind: BundleKind) => Uint8Array | undefined;
  /** `validatePayload`; the drill's counter-example puts another in its place. */
  readonly validate: typeof validatePayload;
  /** Called for every refusal, with its place: `control`, `factory` or `edge`. */
  readonly onRefusal: (kind: BundleKind, place: 'control' | 'factory' | 'edge', findings: readonly Finding[]) => void;
  readonly onPublished: (kind: BundleKind, version: number) => void;
}

/** Who asks and what they say about it; ends up in history and audit. */
export interface Request {
  readonly who: string;
  readonly note: string;
}

/**
 * Takes new bundles: verifies, validates against what is in force here, stores, announces. Every method throws `Refused`
 * with all findings, which are recorded, or `StoreUnavailable`. Each runs without a pause in between, so two publishers
 * cannot get the same number.
 */
export class Publisher {
  readonly #ports: PublisherPorts;

  constructor(ports: PublisherPorts) {
    this.#ports = ports;
  }

  /** A bundle signed elsewhere (the factory). */
  publishBundle(kind: BundleKind, bytes: Uint8Array, request: Request): Published {
    const state = this.#ports.store.kindState(kind);
    const claimed = readEnvelope(bytes, kind);
    const version = claimed.ok ? claimed.value.version : null;
    this.#refuseFrozen(kind, version, state.frozen);
    const bundle = verifyBundle(bytes, { kind, trust: this.#trust(), versionAfter: this.#nextVersion(kind) - 1 });
    if (!bundle.ok) throw this.#refusal(kind, version, bundle.error);
    this.#validate(kind, bundle.value.payload, version);
    return this.#store(bundle.value, bytes, 'publish', request);
  }

  /** A bare payload: control numbers it and signs it with its own key. */
  publishPayload(kind: BundleKind, payload: Uint8Array, acceptShift: boolean, request: Request): Published {
    this.#refuseFrozen(kind, null, this.#ports.store.kindState(kind).frozen);
    this.#validate(kind, payload, null);
    return this.#signAndStore(kind, payload, acceptShift, 'publish', request);
  }

  /**
   * Old content under the next number. Works while the kind is frozen: a freeze stops what comes by itself, and going
   * back is what one freezes for. The shift of the scores is intended by definition.
   */
  rollback(kind: BundleKind, version: number, request: Request): Published {
    const payload = this.payloadOf(kind, version);
    if (payload === undefined) {
      throw new Refused(
        404,
        'version-unknown',
        `Control does not hold ${kind} ${version}; GET /v1/kinds/${kind} lists what it holds.`,
      );
    }
    this.#validate(kind, payload, null);
    return this.#signAndStore(kind, payload, true, 'rollback', { ...request, note: `rollback to ${version}` });
  }

  /** Throws or takes back one switch. Doing it twice is no change and no new version. */
  setSwitch(name: Switch, killed: boolean, request: Request): SwitchesStatus {
    const before = this.killed();
    const after = killed ? [...new Set([...before, name])] : before.filter((other) => other !== name);
    if (after.length === before.length) {
      return { killed: before, version: this.#ports.store.kindState('switches').latest };
    }
    const payload = Buffer.from(JSON.stringify({ schema: 1, killed: after }));
    this.#validate('switches', payload, null);
    const note = `${killed ? 'kill' : 'unkill'} ${name}`;
    const { version } = this.#signAndStore('switches', payload, false, note, { ...request, note });
    return { killed: after, version };
  }

  killed(): readonly Switch[] {
    return fileOf('switches', this.#payloadInForce('switches'))?.killed ?? [];
  }

  freeze(kinds: readonly BundleKind[], frozen: boolean, request: Request): void {
    const stays = kinds.find((kind) => !freezableKinds.includes(kind));
    if (stays !== undefined) {
      const help = `The kind ${stays} cannot be frozen: it is what one stops things with.`;
      throw new Refused(422, `${stays}-not-freezable`, help);
    }
    const { store, clock, changes } = this.#ports;
    const action = frozen ? 'freeze' : 'unfreeze';
    store.setFrozen(kinds, frozen, { atMs: clock.wallMs(), who: request.who, action, detail: kinds.join(', ') });
    // What was held back goes out at once.
    changes.announce();
  }

  /** Content of one version that control holds, or of 0, which the software ships. */
  payloadOf(kind: BundleKind, version: number): Uint8Array | undefined {
    if (version === 0) return this.#ports.shipped(kind);
    const bytes = this.#ports.store.bundle(kind, version);
    if (bytes === undefined) return undefined;
    const envelope = readEnvelope(bytes, kind);
    assert(envelope.ok, `${kind} ${version} was checked before it was stored`);
    return envelope.value.payload;
  }

  /**
   * Newest version of each kind; a kind of which there is none is left out, and so is a frozen one: an edge that does not
   * have its newest version yet does not get it. What somebody rolled back to since is meant, and handed out.
   */
  wanted(): KindVersions {
    const versions: Partial<Record<BundleKind, number>> = {};
    for (const kind of bundleKinds) {
      const { latest, frozen, frozenAt } = this.#ports.store.kindState(kind);
      if (latest > 0 && (!frozen || latest > frozenAt)) versions[kind] = latest;
    }
    return versions;
  }

  status(kind: BundleKind): KindStatus {
    const { store } = this.#ports;
    const { latest, frozen } = store.kindState(kind);
    const history = store.history(kind);
    return {
      kind,
      latest,
      latestSha256: history[0]?.sha256 ?? null,
      next: this.#nextVersion(kind),
      frozen,
      history,
      refusals: store.refusals(kind),
    };
  }

  /** Refusals that happened elsewhere: at the factory before anything was signed, or on an edge. */
  recordRefusal(kind: BundleKind, version: number | null, where: string, findings: readonly Finding[]): void {
    const place = where === 'factory' || where === 'control' ? where : 'edge';
    this.#ports.store.addRefusal(kind, { version, where, atMs: this.#ports.clock.wallMs(), findings });
    this.#ports.onRefusal(kind, place, findings);
  }

  /** The body was longer than anything of this kind may be and was not read to its end. */
  refuseTooLarge(kind: BundleKind, limit: number): Refused {
    const message = `More than ${limit} bytes were sent; nothing of kind ${kind} has more.`;
    const findings: Finding[] = [{ reason: 'payload-too-large', message, limit }];
    this.recordRefusal(kind, null, 'control', findings);
    return new Refused(413, 'payload-too-large', message, findings);
  }

  /** One above everything that control or any edge has ever seen, so that a lost store cannot hand out an old number. */
  #nextVersion(kind: BundleKind): number {
    const { latest, highestSeen } = this.#ports.store.kindState(kind);
    return Math.max(latest, highestSeen) + 1;
  }

  /** Throws when there is no number left, rather than sign what every receiver refuses. */
  #takeVersion(kind: BundleKind): number {
    const version = this.#nextVersion(kind);
    if (version <= versionMax) return version;
    const help = `All ${versionMax} numbers of ${kind} are used up. Switches work with 'holdfast kill NAME --local'. See docs/operate/control.md.`;
    throw new Refused(409, 'versions-used-up', help);
  }

  #refuseFrozen(kind: BundleKind, version: number | null, frozen: boolean): void {
    if (!frozen || !freezableKinds.includes(kind)) return;
    const message = `The kind ${kind} is frozen; edges keep what they have.`;
    const finding: Finding = { reason: 'kind-frozen', message };
    // A factory that goes on asking must not push the refusals that matter out of the list.
    const isNews = this.#ports.store.refusals(kind)[0]?.findings[0]?.reason !== 'kind-frozen';
    if (isNews) this.recordRefusal(kind, version, 'control', [finding]);
    throw new Refused(423, 'kind-frozen', `${message} 'holdfast unfreeze ${kind}' ends that.`, [finding]);
  }

  #validate(kind: BundleKind, payload: Uint8Array, version: number | null): void {
    const content = this.#ports.validate(kind, payload, this.#companions(kind));
    if (!content.ok) throw this.#refusal(kind, version, content.error);
  }

  #refusal(kind: BundleKind, version: number | null, findings: readonly Finding[]): Refused {
    this.recordRefusal(kind, version, 'control', findings);
    const stale = findings.every((finding) => finding.reason === 'version-not-higher');
    if (stale)
      return new Refused(409, 'version-not-higher', `Number it ${this.#nextVersion(kind)} and sign again.`, findings);
    return new Refused(
      422,
      'bundle-refused',
      'Repair what the findings name and publish again; nothing was changed.',
      findings,
    );
  }

  #signAndStore(
    kind: BundleKind,
    payload: Uint8Array,
    acceptShift: boolean,
    action: string,
    request: Request,
  ): Published {
    const madeAtMs = Math.max(0, this.#ports.clock.wallMs());
    const version = this.#takeVersion(kind);
    const bytes = signBundle({ kind, version, madeAtMs, payload, acceptShift }, this.#signingKey(kind));
    // Read back as any receiver would: a key that edges do not trust is found here and not out there.
    const bundle = verifyBundle(bytes, { kind, trust: this.#trust(), versionAfter: version - 1 });
    if (!bundle.ok) throw this.#refusal(kind, version, bundle.error);
    return this.#store(bundle.value, bytes, action, request);
  }

  #store(bundle: Bundle, bytes: Uint8Array, action: string, { who, note }: Request): Published {
    const { kind, version, madeAtMs, sha256 } = bundle;
    const { store, clock, changes, onPublished } = this.#ports;
    const audit = { atMs: clock.wallMs(), who, action, detail: `${kind} ${version}: ${note}` };
    store.addBundle({ kind, version, madeAtMs, sha256, note: note.slice(0, controlLimits.noteCharsMax), bytes }, audit);
    changes.announce();
    onPublished(kind, version);
    return { kind, version, sha256 };
  }

  /** Judged once when they were published, against what was in force then; read here on their own. */
  #companions(kind: BundleKind): Companions {
    return companionsOf(kind, (each) => this.#payloadInForce(each), this.#ports.shipped);
  }

  #payloadInForce(kind: BundleKind): Uint8Array | undefined {
    return this.payloadOf(kind, this.#ports.store.kindState(kind).latest);
  }

  #trust(): Trust {
    return readable('trust.json', this.#ports.trust);
  }

  #signingKey(kind: BundleKind): SigningKey {
    return readable(`the ${kind} key`, () => this.#ports.signingKey(kind));
  }
}

function readable<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const help = `Control cannot read ${what}: ${(error as Error).message}. 'holdfast keys list' shows what is there.`;
    throw new Refused(503, 'keys-unreadable', help);
  }
}
