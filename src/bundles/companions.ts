import { type BundleKind, type Companions, type FilesByKind, rowOf } from '../contract/bundleKind.ts';
import type { KindFiles } from '../contract/kinds/kindRows.ts';
import { validatePayload } from './validate.ts';

type PayloadOf = (kind: BundleKind) => Uint8Array | undefined;

/** Reads what a new file of `kind` has to fit, as its row names it: no more than that, since some of it is large. */
export function companionsOf(kind: BundleKind, inForce: PayloadOf, shipped: PayloadOf): Companions {
  const { companions, shippedCompanions } = rowOf(kind);
  return { ...filesOf(companions, inForce), shipped: filesOf(shippedCompanions, shipped) };
}

/** Each was judged when it came; read here on its own, and one that is unreadable now is absent. */
export function filesOf(kinds: readonly BundleKind[], payloadOf: PayloadOf): FilesByKind {
  return Object.fromEntries(kinds.map((kind) => [kind, fileOf(kind, payloadOf(kind))]));
}

export function fileOf<Kind extends BundleKind>(
  kind: Kind,
  payload: Uint8Array | undefined,
): KindFiles[Kind] | undefined {
  const content = payload === undefined ? undefined : validatePayload(kind, payload, {});
  return content?.ok ? content.value.file : undefined;
}
