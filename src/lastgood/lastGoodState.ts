import { createHash } from 'node:crypto';
import { type BundleKind, bundleKinds, type KindVersions, rowOf } from '../contract/bundleKind.ts';
import type { Trust } from '../contract/trust.ts';
import { lastGoodLimits } from './limits.ts';

/**
 * Which versions this edge runs: content of `state.json`. The bundles themselves are files beside it, and their names
 * alone (`12.bundle`, `13.candidate`, `11.quarantined`) carry enough to rebuild most of this when both copies are lost.
 */
export interface LastGoodState {
  readonly schema: 1;
  /** Grows with every save, so that the newest of several copies is known without a clock. */
  readonly generation: number;
  /** Confirmed: served traffic healthily. A kind that is absent here runs what the software ships (version 0). */
  readonly current: KindVersions;
  /** What ran before, per group of kinds: where an edge goes when `current` cannot be used. */
  readonly previous: KindVersions;
  readonly candidate: Candidate | null;
  /** When `current` of each kind was confirmed, by the wall clock: what came lately is suspect when workers die. */
  readonly confirmedAtMs: KindVersions;
  /** Highest version ever accepted; nothing at or below it is accepted again. */
  readonly highest: KindVersions;
  readonly quarantined: Readonly<Partial<Record<BundleKind, readonly number[]>>>;
  /** The trusted keys as they could last be read: a lost key file does not cost the edge its bundles. */
  readonly trust: Trust | null;
}

/** A bundle being brought into force. */
export interface Candidate {
  readonly kind: BundleKind;
  readonly version: number;
  /** How often bringing it into force was begun; one that ended the agent twice is quarantined. */
  readonly attempts: number;
}

export const emptyState: LastGoodState = {
  schema: 1,
  generation: 0,
  current: {},
  previous: {},
  candidate: null,
  confirmedAtMs: {},
  highest: {},
  quarantined: {},
  trust: null,
};

/** Kinds that are read, checked and given up together with `kind`, itself among them (design invariant 1): its row says so. */
export function groupOf(kind: BundleKind): readonly BundleKind[] {
  const { demotion, group } = rowOf(kind);
  if (demotion !== 'with-group') return [kind];
  return bundleKinds.filter((other) => rowOf(other).group === group && rowOf(other).demotion === 'with-group');
}

/** Every kind once, the groups in the order in which they come into force. */
export const kindGroups: readonly (readonly BundleKind[])[] = bundleKinds
  .map(groupOf)
  .filter((group, place) => group[0] === bundleKinds[place]);

/** The part of `versions` that concerns `kinds`. */
export function pick(versions: KindVersions, kinds: readonly BundleKind[]): KindVersions {
  return Object.fromEntries(kinds.flatMap((kind) => (versions[kind] === undefined ? [] : [[kind, versions[kind]]])));
}

export function withCandidate(state: LastGoodState, kind: BundleKind, version: number): LastGoodState {
  const isSame = state.candidate?.kind === kind && state.candidate.version === version;
  const attempts = isSame ? (state.candidate?.attempts ?? 0) + 1 : 1;
  return { ...state, candidate: { kind, version, attempts }, highest: raised(state, kind, version) };
}

/**
 * `version` served traffic healthily: it is current now, beside what else is `running` (below what the state says where
 * a bundle could not be used).
 */
export function withConfirmed(
  state: LastGoodState,
  running: KindVersions,
  kind: BundleKind,
  version: number,
  atMs: number | undefined,
): LastGoodState {
  const group = groupOf(kind);
  const others = bundleKinds.filter((other) => !group.includes(other));
  const isCandidate = state.candidate?.kind === kind && state.candidate.version === version;
  return {
    ...state,
    current: { ...running, [kind]: version },
    previous: { ...pick(state.previous, others), ...pick(running, group) },
    candidate: isCandidate ? null : state.candidate,
    confirmedAtMs: { ...without(state.confirmedAtMs, kind), ...(atMs === undefined ? {} : { [kind]: atMs }) },
    highest: raised(state, kind, version),
  };
}

/** `version` is never accepted again; a set that contains it is given up for the one before. */
export function withQuarantined(state: LastGoodState, kind: BundleKind, version: number): LastGoodState {
  const numbers = [version, ...(state.quarantined[kind] ?? []).filter((other) => other !== version)];
  const group = groupOf(kind);
  const others = bundleKinds.filter((other) => !group.includes(other));
  const isCurrent = state.current[kind] === version;
  const isCandidate = state.candidate?.kind === kind && state.candidate.version === version;
  return {
    ...state,
    current: isCurrent ? { ...pick(state.current, others), ...pick(state.previous, group) } : state.current,
    previous: isCurrent ? pick(state.previous, others) : state.previous,
    // What runs in its place was confirmed before it, and served.
    confirmedAtMs: isCurrent ? without(state.confirmedAtMs, kind) : state.confirmedAtMs,
    candidate: isCandidate ? null : state.candidate,
    highest: raised(state, kind, version),
    quarantined: { ...state.quarantined, [kind]: numbers.slice(0, lastGoodLimits.quarantinedMax) },
  };
}

export function without(versions: KindVersions, kind: BundleKind): KindVersions {
  return pick(
    versions,
    bundleKinds.filter((other) => other !== kind),
  );
}

function raised(state: LastGoodState, kind: BundleKind, version: number): KindVersions {
  return { ...state.highest, [kind]: Math.max(version, state.highest[kind] ?? 0) };
}

/** First line: magic and SHA-256 of the rest, so that a torn or half-old file is known as such. */
export function encodeState(state: LastGoodState): Uint8Array {
  const body = JSON.stringify(state);
  return Buffer.from(`${magic} ${digest(body)}\n${body}\n`);
}

/** undefined when the bytes are not a whole state that this version wrote. */
export function decodeState(bytes: Uint8Array): LastGoodState | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const [first = '', body = ''] = text.split('\n', 2);
  if (first !== `${magic} ${digest(body)}`) return undefined;
  try {
    const state = JSON.parse(body) as LastGoodState;
    return state.schema === 1 ? { ...emptyState, ...state } : undefined;
  } catch {
    return undefined;
  }
}

const magic = 'holdfast-last-good-1';

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
