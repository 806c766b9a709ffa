import type { BundleKind, Companions } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { KindFiles } from '../contract/kinds/kindRows.ts';
import { assert } from '../kernel/assert.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { decodeFeatures } from './features.ts';
import { FindingList } from './findingList.ts';
import { decodeLists } from './lists.ts';
import { decodeModel } from './model.ts';
import { parsePayload } from './payloadJson.ts';
import { decodeSignals } from './signals.ts';
import { decodeSites } from './sites.ts';
import { decodeSwitches } from './switches.ts';

/** What a payload turned out to say; past this point the types are trusted. */
export type Content<Kind extends BundleKind = BundleKind> = {
  readonly [Each in Kind]: { readonly kind: Each; readonly file: KindFiles[Each] };
}[Kind];

/**
 * The one validator: the factory asks it before it signs, control before it stores, the agent and every worker before
 * they load. The written rules stand in `docs/bundles.md`. Returns all findings that can be told from what was read;
 * never throws on any bytes.
 */
export function validatePayload<Kind extends BundleKind>(
  kind: Kind,
  payload: Uint8Array,
  companions: Companions,
): Result<Content<Kind>, Finding[]> {
  const parsed = parsePayload(kind, payload);
  if (!parsed.ok) return err([parsed.error]);
  const findings = new FindingList();
  const file = decoders[kind](parsed.value, companions, findings);
  if (!findings.isEmpty) return err(findings.list());
  assert(file !== undefined, `a ${kind} file that was not decoded has a finding`);
  return ok({ kind, file } as Content<Kind>);
}

/** Reads a parsed payload strictly. Returns the file only when it added no finding. */
type Decode<Kind extends BundleKind> = (
  value: unknown,
  companions: Companions,
  findings: FindingList,
) => KindFiles[Kind] | undefined;

/** The reader of each kind; it asks no companion that the kind's row does not name, for nobody brings it. */
export const decoders: { readonly [Kind in BundleKind]: Decode<Kind> } = {
  lists: (value, { lists }, findings) => decodeLists(value, lists, findings),
  features: decodeFeatures,
  model: (value, { features }, findings) => decodeModel(value, features, findings),
  signals: (value, { signals }, findings) => decodeSignals(value, signals, findings),
  sites: (value, _, findings) => decodeSites(value, findings),
  switches: (value, _, findings) => decodeSwitches(value, findings),
};
