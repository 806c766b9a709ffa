import type { BundleKind } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import type { ListsFile } from '../contract/kinds/listsFile.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import type { SignalsFile } from '../contract/kinds/signalsFile.ts';
import type { SitesFile } from '../contract/kinds/sitesFile.ts';
import type { SwitchesFile } from '../contract/kinds/switchesFile.ts';
import { assert, unreachable } from '../kernel/assert.ts';
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
export type Content =
  | { readonly kind: 'lists'; readonly file: ListsFile }
  | { readonly kind: 'features'; readonly file: FeatureFile }
  | { readonly kind: 'model'; readonly file: ModelFile }
  | { readonly kind: 'signals'; readonly file: SignalsFile }
  | { readonly kind: 'sites'; readonly file: SitesFile }
  | { readonly kind: 'switches'; readonly file: SwitchesFile };

/** What is in force and has to fit together with the new file. An absent one is not compared with. */
export interface Companions {
  readonly lists?: ListsFile | undefined;
  readonly features?: FeatureFile | undefined;
  readonly model?: ModelFile | undefined;
  readonly signals?: SignalsFile | undefined;
  /** What this software comes with. */
  readonly shippedFeatures?: FeatureFile | undefined;
}

/**
 * The one validator: the factory asks it before it signs, control before it stores, the agent and every worker before
 * they load. The written rules stand in `docs/bundles.md`. Returns all findings that can be told from what was read;
 * never throws on any bytes.
 */
export function validatePayload(
  kind: BundleKind,
  payload: Uint8Array,
  companions: Companions,
): Result<Content, Finding[]> {
  const parsed = parsePayload(kind, payload);
  if (!parsed.ok) return err([parsed.error]);
  const findings = new FindingList();
  const content = decode(kind, parsed.value, companions, findings);
  if (!findings.isEmpty) return err(findings.list());
  assert(content !== undefined, `a ${kind} file that was not decoded has a finding`);
  return ok(content);
}

function decode(kind: BundleKind, value: unknown, companions: Companions, findings: FindingList): Content | undefined {
  switch (kind) {
    case 'lists': {
      const file = decodeLists(value, companions.lists, findings);
      return file && { kind, file };
    }
    case 'features': {
      const file = decodeFeatures(value, companions, findings);
      return file && { kind, file };
    }
    case 'model': {
      const file = decodeModel(value, companions.features, findings);
      return file && { kind, file };
    }
    case 'signals': {
      const file = decodeSignals(value, companions.signals, findings);
      return file && { kind, file };
    }
    case 'sites': {
      const file = decodeSites(value, findings);
      return file && { kind, file };
    }
    case 'switches': {
      const file = decodeSwitches(value, findings);
      return file && { kind, file };
    }
    default:
      return unreachable(kind);
  }
}
