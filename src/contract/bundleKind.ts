import { limits } from './limits.ts';

/** Kinds of bundle that this version knows, in the order in which they come into force: what is read before what reads it. */
export const bundleKinds = ['lists', 'features', 'model', 'signals', 'sites', 'switches'] as const;
export type BundleKind = (typeof bundleKinds)[number];

/** Version of each kind in force; 0 is what the software ships with, absent means there is none at all. */
export type KindVersions = Readonly<Partial<Record<BundleKind, number>>>;

export const payloadBytesMax: Readonly<Record<BundleKind, number>> = {
  lists: limits.listsBytesMax,
  features: limits.featuresBytesMax,
  model: limits.modelBytesMax,
  signals: limits.signalsBytesMax,
  sites: limits.sitesBytesMax,
  switches: limits.switchesBytesMax,
};

export function isBundleKind(text: string): text is BundleKind {
  return (bundleKinds as readonly string[]).includes(text);
}

export function sameVersions(one: KindVersions, other: KindVersions): boolean {
  return bundleKinds.every((kind) => one[kind] === other[kind]);
}
