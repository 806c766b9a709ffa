import type { KindRow } from './kinds/kindRow.ts';
import { type KindFiles, kindRows } from './kinds/kindRows.ts';

/** A kind of bundle that this version knows: the name of a row in `kinds/kindRows.ts`. */
export type BundleKind = keyof typeof kindRows;

/** In the order in which they come into force: what is read before what reads it. */
export const bundleKinds: readonly BundleKind[] = Object.keys(kindRows) as BundleKind[];

/** Kinds of which the software comes with one: version 0. */
export type ShippedKind = {
  [Kind in BundleKind]: (typeof kindRows)[Kind]['isShipped'] extends true ? Kind : never;
}[BundleKind];
/** Kinds that are rehearsed before a worker has them. */
export type RehearsedKind = {
  [Kind in BundleKind]: (typeof kindRows)[Kind]['rehearsal'] extends null ? never : Kind;
}[BundleKind];

/** Version of each kind in force; 0 is what the software ships with, absent means there is none at all. */
export type KindVersions = Readonly<Partial<Record<BundleKind, number>>>;

/** Files of several kinds that belong together; one that is absent is absent. */
export type FilesByKind = { readonly [Kind in BundleKind]?: KindFiles[Kind] | undefined };

/**
 * What a new file has to fit: files in force, and those that the software comes with. Which ones stands in the kind's row;
 * one that is absent is not compared with.
 */
export interface Companions extends FilesByKind {
  readonly shipped?: FilesByKind | undefined;
}

/** Payloads of several kinds, as bytes. */
export type PayloadsByKind = { readonly [Kind in BundleKind]?: Uint8Array };

export function rowOf(kind: BundleKind): KindRow<BundleKind> {
  return kindRows[kind];
}

export const payloadBytesMax = Object.fromEntries(
  bundleKinds.map((kind) => [kind, rowOf(kind).payloadBytesMax]),
) as Readonly<Record<BundleKind, number>>;

export const freezableKinds: readonly BundleKind[] = bundleKinds.filter((kind) => rowOf(kind).isFreezable);
export const shippedKinds = bundleKinds.filter(isShippedKind);

export function isBundleKind(text: string): text is BundleKind {
  return Object.hasOwn(kindRows, text);
}

export function isShippedKind(kind: BundleKind): kind is ShippedKind {
  return rowOf(kind).isShipped;
}

export function isRehearsedKind(kind: BundleKind): kind is RehearsedKind {
  return rowOf(kind).rehearsal !== null;
}

export function sameVersions(one: KindVersions, other: KindVersions): boolean {
  return bundleKinds.every((kind) => one[kind] === other[kind]);
}
