import { join } from 'node:path';
import { type Bundle, type Content, emptyTrust, mergeTrust, validatePayload, verifyBundle } from '../bundles/index.ts';
import { type BundleKind, bundleKinds, isShippedKind, type KindVersions, rowOf } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { Trust } from '../contract/trust.ts';
import type { Disk } from '../kernel/disk.ts';
import { type FaultPoints, noFaults } from '../kernel/faults.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { BundleFolder, type Standing } from './bundleFolder.ts';
import {
  emptyState,
  groupOf,
  kindGroups,
  type LastGoodState,
  pick,
  withCandidate,
  withConfirmed,
  withQuarantined,
} from './lastGoodState.ts';
import { lastGoodLimits } from './limits.ts';
import type { LoadedSet, ShippedPayloads, StartingSet } from './loadedSet.ts';
import { StateFile } from './stateFile.ts';
import type { ReadTrust } from './trustFile.ts';

export interface LastGoodOptions {
  /** `DataFolder.bundles`. */
  readonly folder: string;
  /** Takes what the disk refuses (full, read-only), normally in memory: good until the machine restarts. */
  readonly spillFolder?: string | null;
  readonly disk: Disk;
  readonly faults?: FaultPoints;
  /** The keys trusted now; where `trust.json` cannot be read, the keys it held last are used. */
  readonly trust: () => ReadTrust;
  readonly shipped: ShippedPayloads;
}

/** A bundle as it lies on the disk. */
export interface StoredBundle {
  readonly bundle: Bundle;
  readonly bytes: Uint8Array;
}

/**
 * Last good: the bundles this edge runs, on its disk, and which of them. One agent writes; any number of workers read,
 * also with the agent dead. Fails towards serving: nothing here throws at its caller, and below a set that cannot be
 * used there is always another one (`currentSet`), down to the empty one.
 */
export class LastGoodStore {
  readonly #folders: readonly BundleFolder[];
  readonly #stateFile: StateFile;
  readonly #trust: () => ReadTrust;
  readonly #shipped: ShippedPayloads;
  /** What this process saved last, or meant to: outlives a disk that takes nothing. */
  #written: LastGoodState | undefined;
  /** Per group of kinds, what was read last: verified then, immutable since. */
  readonly #readLast = new Map<string, LoadedSet>();

  constructor(options: LastGoodOptions) {
    const { disk, faults = noFaults, folder, spillFolder } = options;
    const roots = typeof spillFolder === 'string' ? [folder, spillFolder] : [folder];
    this.#folders = roots.map((root) => new BundleFolder(root, disk, faults));
    this.#stateFile = new StateFile(roots, disk, faults);
    this.#trust = options.trust;
    this.#shipped = options.shipped;
  }

  /** Exactly these versions, or why not. Version 0 is what the software ships. Called by a worker for `activate`. */
  readSet(versions: KindVersions): Result<LoadedSet, readonly Finding[]> {
    const trust = this.trust();
    let set: LoadedSet = { versions: {} };
    const findings: Finding[] = [];
    for (const group of kindGroups) {
      const part = this.#readGroupOnce(group, pick(versions, group), trust);
      if (part.ok) set = merge(set, part.value);
      else findings.push(...part.error);
    }
    return findings.length === 0 ? ok(set) : err(findings);
  }

  /**
   * The set to start with: per group of kinds the current one, else the one before, else the newest that verifies, else
   * the shipped one, else none. `previous` takes the first rung last (for a worker whose fellows die on the current set:
   * what may kill it is better than nothing). Switches are never left out: they were thrown because something burns.
   */
  currentSet(rung: 'current' | 'previous' = 'current'): StartingSet {
    const { state, findings } = this.state();
    const trust = this.trust(state);
    const missing: Finding[] = [...findings];
    let set: LoadedSet = { versions: {} };
    for (const group of kindGroups) {
      const start = this.#startGroup(group, state, trust, rung);
      set = merge(set, start.set);
      missing.push(...start.missing);
    }
    return { set, missing };
  }

  /** The state as known now: the newest whole copy, mended with what the names of the bundles say. */
  state(): { readonly state: LastGoodState; readonly findings: readonly Finding[] } {
    const read = this.#stateFile.read();
    const newest = [read.state, this.#written]
      .filter((state) => state !== undefined)
      .sort((one, other) => other.generation - one.generation)[0];
    if (newest !== undefined && newest === this.#written) return { state: newest, findings: [] };
    return { state: this.#mend(newest ?? emptyState, read.intact), findings: read.findings };
  }

  /**
   * What a bundle that arrives must be above, given what runs now. It is the highest version ever accepted; only when that
   * one runs no more and is not quarantined (its file was lost) the same number may come once again.
   */
  versionAfter(kind: BundleKind, running: KindVersions): number {
    const { highest, quarantined } = this.state().state;
    const top = highest[kind] ?? 0;
    const isLost = top > (running[kind] ?? 0) && !(quarantined[kind] ?? []).includes(top);
    return isLost ? top - 1 : top;
  }

  /** Puts a verified bundle beside the others, on trial. Does not bring it into force. */
  storeBundle(kind: BundleKind, version: number, bytes: Uint8Array): Result<void, readonly Finding[]> {
    let refused: unknown;
    for (const folder of this.#folders) {
      try {
        folder.write(kind, version, 'candidate', bytes);
        return ok(undefined);
      } catch (error) {
        refused ??= error;
      }
    }
    return err([writeFailed(`${kind} ${version}`, refused)]);
  }

  /** Notes that `version` is being brought into force; a restart in between finds it and decides anew. */
  propose(kind: BundleKind, version: number): readonly Finding[] {
    return this.#save(withCandidate(this.state().state, kind, version));
  }

  /** `version` served traffic healthily and is current from now (`atMs`, wall clock), beside what else is `running`. */
  confirm(kind: BundleKind, version: number, running: KindVersions, atMs?: number): readonly Finding[] {
    this.#mark(kind, version, ['candidate'], 'bundle');
    const findings = this.#save(withConfirmed(this.state().state, running, kind, version, atMs));
    this.#prune(kind);
    return findings;
  }

  /** Whether anything of its kind would still run if `version` were given up. */
  hasBelow(kind: BundleKind, version: number): boolean {
    const state = withQuarantined(this.state().state, kind, version);
    return this.#startGroup(groupOf(kind), state, this.trust(state), 'current').set.versions[kind] !== undefined;
  }

  /** Gives a version up for good. */
  quarantine(kind: BundleKind, version: number): readonly Finding[] {
    this.#mark(kind, version, ['candidate', 'bundle'], 'quarantined');
    return this.#save(withQuarantined(this.state().state, kind, version));
  }

  /** Gives the candidate up without a verdict on it (its file stays until the next prune). */
  abandonCandidate(): readonly Finding[] {
    return this.#save({ ...this.state().state, candidate: null });
  }

  /** The keys whose bundles are accepted now. */
  trust(state: LastGoodState = this.state().state): Trust {
    const { central, local } = this.#trust();
    return mergeTrust(central ?? state.trust ?? emptyTrust, local);
  }

  /** A stored bundle with its bytes, verified; undefined when it cannot be read. */
  stored(kind: BundleKind, version: number): StoredBundle | undefined {
    const stored = this.#readBundle(kind, version, this.trust());
    return stored.ok ? stored.value : undefined;
  }

  /** The payload of a stored or shipped version, verified; undefined when it cannot be read. */
  payload(kind: BundleKind, version: number): Uint8Array | undefined {
    const payload = this.#readPayload(kind, version, this.trust());
    return payload.ok ? payload.value : undefined;
  }

  #save(next: LastGoodState): readonly Finding[] {
    const state = { ...next, generation: next.generation + 1, trust: this.trust(next) };
    this.#written = state;
    try {
      this.#stateFile.save(state);
      return [];
    } catch (error) {
      return [writeFailed('which versions run', error)];
    }
  }

  /** Names never lie about what was confirmed or quarantined; where the state may be older, they know better. */
  #mend(state: LastGoodState, intact: boolean): LastGoodState {
    const current: Partial<Record<BundleKind, number>> = { ...state.current };
    const highest: Partial<Record<BundleKind, number>> = { ...state.highest };
    const quarantined: Partial<Record<BundleKind, readonly number[]>> = { ...state.quarantined };
    for (const kind of bundleKinds) {
      const confirmed = this.#versions(kind, 'bundle');
      const refused = [...new Set([...(quarantined[kind] ?? []), ...this.#versions(kind, 'quarantined')])];
      const newest = confirmed.find((version) => !refused.includes(version)) ?? 0;
      if (refused.length > 0) quarantined[kind] = refused.slice(0, lastGoodLimits.quarantinedMax);
      if (!intact && newest > (current[kind] ?? 0)) current[kind] = newest;
      const top = Math.max(highest[kind] ?? 0, current[kind] ?? 0, ...confirmed, ...refused);
      if (top > 0) highest[kind] = top;
    }
    return { ...state, current, highest, quarantined };
  }

  #versions(kind: BundleKind, standing: Standing): number[] {
    const all = this.#folders.flatMap((folder) => folder.versions(kind, standing));
    return [...new Set(all)].sort((one, other) => other - one);
  }

  #mark(kind: BundleKind, version: number, from: readonly Standing[], to: Standing): void {
    for (const folder of this.#folders) {
      for (const standing of from) {
        try {
          folder.mark(kind, version, standing, to);
        } catch {
          // A disk that takes no rename: the state says the same, and it falls back to memory.
        }
      }
    }
  }

  #prune(kind: BundleKind): void {
    const { current, previous, candidate } = this.state().state;
    const used = [current[kind], previous[kind], candidate?.kind === kind ? candidate.version : undefined].filter(
      (version) => version !== undefined,
    );
    for (const folder of this.#folders) folder.prune(kind, new Set(used));
  }

  #startGroup(group: readonly BundleKind[], state: LastGoodState, trust: Trust, rung: 'current' | 'previous') {
    const missing: Finding[] = [];
    for (const versions of this.#rungs(group, state, rung)) {
      const part = this.#readGroup(versions, trust);
      if (part.ok) {
        this.#readLast.set(group.join(), part.value);
        return { set: part.value, missing };
      }
      missing.push(...part.error);
    }
    const wanted = Object.entries(pick(state.current, group));
    if (wanted.length > 0 || group.some((kind) => rowOf(kind).isNeeded)) missing.push(lacking(group));
    return { set: { versions: {} } satisfies LoadedSet, missing };
  }

  /** From best to last resort, each once. */
  *#rungs(group: readonly BundleKind[], state: LastGoodState, rung: 'current' | 'previous'): Iterable<KindVersions> {
    const seen = new Set<string>();
    const isLower = rung === 'previous' && group.every((kind) => rowOf(kind).demotion !== 'never');
    const rungs = this.#allRungs(group, state);
    for (const versions of isLower ? firstToLast([...rungs]) : rungs) {
      const isNew = !seen.has(key(versions));
      seen.add(key(versions));
      if (isNew && Object.keys(versions).length > 0) yield versions;
    }
  }

  *#allRungs(group: readonly BundleKind[], state: LastGoodState): Iterable<KindVersions> {
    yield this.#orShipped(pick(state.current, group), group);
    yield this.#orShipped(pick(state.previous, group), group);
    yield* this.#newestOf(group, state);
    yield this.#orShipped({}, group);
  }

  /** Every confirmed bundle of the group's first kind with every one of the others', newest first; the first one is always there. */
  *#newestOf(group: readonly BundleKind[], state: LastGoodState): Iterable<KindVersions> {
    const choices = (kind: BundleKind): (number | undefined)[] => {
      const refused = state.quarantined[kind] ?? [];
      const versions = this.#versions(kind, 'bundle').filter((version) => !refused.includes(version));
      return kind === group[0] ? versions : [...versions, undefined];
    };
    let tried = 0;
    for (const versions of combinations(group, choices)) {
      if (tried++ >= lastGoodLimits.setsTriedMax) return;
      yield this.#orShipped(versions, group);
    }
  }

  #orShipped(versions: KindVersions, group: readonly BundleKind[]): KindVersions {
    const shipped = group.filter((kind) => shippedPayload(this.#shipped, kind) !== undefined);
    return { ...Object.fromEntries(shipped.map((kind) => [kind, 0])), ...versions };
  }

  /** A worker that is told of a new switch must not read and parse the model again for it. */
  #readGroupOnce(group: readonly BundleKind[], versions: KindVersions, trust: Trust) {
    const name = group.join();
    const read = this.#readLast.get(name);
    if (read !== undefined && key(read.versions) === key(versions)) return ok(read);
    const part = this.#readGroup(versions, trust);
    if (part.ok) this.#readLast.set(name, part.value);
    return part;
  }

  #readGroup(versions: KindVersions, trust: Trust): Result<LoadedSet, readonly Finding[]> {
    let set: LoadedSet = { versions: {} };
    const findings: Finding[] = [];
    for (const kind of bundleKinds) {
      const version = versions[kind];
      if (version === undefined) continue;
      const content = this.#readContent(kind, version, set, trust);
      if (content.ok) set = withContent(set, content.value, version);
      else findings.push(...content.error);
    }
    return findings.length === 0 ? ok(set) : err(findings);
  }

  #readContent(kind: BundleKind, version: number, set: LoadedSet, trust: Trust): Result<Content, readonly Finding[]> {
    const payload = this.#readPayload(kind, version, trust);
    if (!payload.ok) return payload;
    try {
      return validatePayload(kind, payload.value, set);
    } catch (error) {
      return err([{ reason: 'validation-crashed', message: `Checking ${kind} ${version} failed: ${said(error)}` }]);
    }
  }

  #readPayload(kind: BundleKind, version: number, trust: Trust): Result<Uint8Array, readonly Finding[]> {
    if (version === 0) {
      const payload = shippedPayload(this.#shipped, kind);
      return payload === undefined ? err([notThere(kind, version)]) : ok(payload);
    }
    const bundle = this.#readBundle(kind, version, trust);
    return bundle.ok ? ok(bundle.value.bundle.payload) : bundle;
  }

  #readBundle(kind: BundleKind, version: number, trust: Trust): Result<StoredBundle, readonly Finding[]> {
    let findings: readonly Finding[] = [];
    for (const folder of this.#folders) {
      for (const standing of ['bundle', 'candidate'] as const) {
        if (!folder.has(kind, version, standing)) continue;
        const bundle = readVerified(folder, kind, version, standing, trust);
        if (bundle.ok) return bundle;
        findings = bundle.error;
      }
    }
    return err(findings.length > 0 ? findings : [notThere(kind, version)]);
  }
}

function readVerified(
  folder: BundleFolder,
  kind: BundleKind,
  version: number,
  standing: Standing,
  trust: Trust,
): Result<StoredBundle, readonly Finding[]> {
  const path = join(folder.root, kind, `${version}.${standing}`);
  try {
    const bytes = folder.read(kind, version, standing);
    const verified = verifyBundle(bytes, { kind, trust, versionAfter: version - 1 });
    if (!verified.ok)
      return err(verified.error.map((finding) => ({ ...finding, message: `${path}: ${finding.message}` })));
    if (verified.value.version === version) return ok({ bundle: verified.value, bytes });
    const message = `${path} holds version ${verified.value.version}; its name says ${version}.`;
    return err([{ reason: 'envelope-malformed', message }]);
  } catch (error) {
    return err([{ reason: 'disk-read-failed', message: `${path} cannot be read: ${said(error)}` }]);
  }
}

function withContent(set: LoadedSet, content: Content, version: number): LoadedSet {
  return { ...set, versions: { ...set.versions, [content.kind]: version }, [content.kind]: content.file };
}

/** One version of each kind, in every way; undefined: none of it. The last kind's change fastest. */
function* combinations(
  kinds: readonly BundleKind[],
  choices: (kind: BundleKind) => readonly (number | undefined)[],
): Iterable<KindVersions> {
  const [first, ...others] = kinds;
  if (first === undefined) {
    yield {};
    return;
  }
  for (const version of choices(first)) {
    for (const rest of combinations(others, choices)) {
      yield version === undefined ? rest : { [first]: version, ...rest };
    }
  }
}

function merge(one: LoadedSet, other: LoadedSet): LoadedSet {
  return { ...one, ...other, versions: { ...one.versions, ...other.versions } };
}

function shippedPayload(shipped: ShippedPayloads, kind: BundleKind): Uint8Array | undefined {
  return isShippedKind(kind) ? shipped[kind] : undefined;
}

function firstToLast(rungs: readonly KindVersions[]): readonly KindVersions[] {
  const [first = {}] = rungs;
  return [...rungs.filter((rung) => key(rung) !== key(first)), first];
}

function key(versions: KindVersions): string {
  return bundleKinds.map((kind) => versions[kind] ?? '-').join(' ');
}

function notThere(kind: BundleKind, version: number): Finding {
  return { reason: 'bundle-missing', message: `There is no stored bundle ${kind} ${version}.`, value: version };
}

function lacking(group: readonly BundleKind[]): Finding {
  const message = `This edge has no usable ${group.join(' and ')} at all; it serves without.`;
  return { reason: 'bundle-missing', message, names: group };
}

function writeFailed(what: string, error: unknown): Finding {
  return { reason: 'disk-write-failed', message: `The disk does not take ${what}: ${said(error)}` };
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
