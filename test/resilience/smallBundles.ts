import {
  encodeTrust,
  generateSigningKey,
  loadSigningKey,
  type SigningKey,
  type StoredSigningKey,
  signBundle,
  storeSigningKey,
  trustedKeyOf,
} from '../../src/bundles/index.ts';
import { type BundleKind, bundleKinds } from '../../src/contract/bundleKind.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import type { SignalsFile } from '../../src/contract/kinds/signalsFile.ts';
import type { SitesFile } from '../../src/contract/kinds/sitesFile.ts';
import type { SwitchesFile } from '../../src/contract/kinds/switchesFile.ts';
import type { Trust } from '../../src/contract/trust.ts';
import type { LoadedSet } from '../../src/lastgood/index.ts';
import { encodeLists } from '../../src/lists/index.ts';
import { listsOf } from '../support/lists.ts';

export type Keys = Readonly<Record<BundleKind, SigningKey>>;

export function makeKeys(): Keys {
  return Object.fromEntries(bundleKinds.map((kind) => [kind, generateSigningKey(kind)])) as unknown as Keys;
}

export function encodeKeys(keys: Keys): string {
  return JSON.stringify(bundleKinds.map((kind) => storeSigningKey(keys[kind])));
}

export function decodeKeys(text: string): Keys {
  const stored = JSON.parse(text) as StoredSigningKey[];
  return Object.fromEntries(stored.map((key) => [key.kind, loadSigningKey(key)])) as unknown as Keys;
}

export function trustOf(keys: Keys): Trust {
  return { schema: 1, keys: bundleKinds.map((kind) => trustedKeyOf(keys[kind])) };
}

export function trustBytes(keys: Keys): Uint8Array {
  return encodeTrust(trustOf(keys));
}

/** A small valid bundle whose content tells its version. */
export function bundle(keys: Keys, kind: BundleKind, version: number): Uint8Array {
  return signed(keys, kind, version, payload(kind, version));
}

export function signed(keys: Keys, kind: BundleKind, version: number, content: unknown): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(content));
  return signBundle({ kind, version, madeAtMs: 1, payload: bytes }, keys[kind]);
}

export function payload(
  kind: BundleKind,
  version: number,
): FeatureFile | ModelFile | SignalsFile | SitesFile | SwitchesFile | object {
  switch (kind) {
    case 'lists':
      return JSON.parse(Buffer.from(encodeLists(listsOf([['192.0.2.0/24', 'hosting']], version))).toString());
    case 'features':
      return { schema: 1, features: ['accept', 'cookie', 'referer'].map((header) => feature(header, version)) };
    case 'model':
      return { ...stump, name: `model-${version}` };
    case 'signals':
      return signalsOf(['192.0.2.0/24'], version);
    case 'sites':
      return {
        schema: 1,
        sites: [{ name: 'default', hosts: ['*'], origin: `http://127.0.0.1:${9000 + version}`, rules: [] }],
      };
    case 'switches':
      return { schema: 1, killed: [`rule:default/${version}`] };
  }
}

/** The version that the content of each kind tells; undefined: absent. */
export function contentVersions(set: LoadedSet): Partial<Record<BundleKind, number>> {
  const told: Partial<Record<BundleKind, number>> = {};
  if (set.lists !== undefined) told.lists = set.lists.networks.ipv4.asns[0] ?? -1;
  if (set.features !== undefined) told.features = set.features.features[0]?.range[1] ?? -1;
  if (set.model !== undefined) told.model = Number(set.model.name.slice('model-'.length));
  if (set.signals !== undefined) told.signals = set.signals.windowEndMs;
  if (set.sites !== undefined) told.sites = Number(set.sites.sites[0]?.origin?.split(':').at(-1)) - 9000;
  if (set.switches !== undefined) told.switches = Number(set.switches.killed[0]?.split('/').at(-1));
  return told;
}

/** Signals of these networks alone, all browsers. */
function signalsOf(networks: readonly string[], windowEndMs: number): SignalsFile {
  const table = (keys: readonly string[]) => {
    const ones = keys.map(() => 1);
    return {
      keys,
      ...{ browserShare: ones, heuristicShare: ones, http2Share: ones, requestQuantile: ones },
      ...{ requestRank: ones, userAgentRank: ones, pathRank: ones, addressRank: ones },
    };
  };
  const none = table([]);
  return { schema: 1, windowEndMs, ja4: none, headerOrder: none, network: table(networks), asn: none };
}

function feature(header: string, version: number): FeatureFile['features'][number] {
  return {
    name: `has_${header}`,
    type: 'UInt8',
    extractor: 'header-present',
    parameters: { header },
    range: [0, version],
    default: 0,
  };
}

const stump: ModelFile = {
  schema: 1,
  name: 'stump',
  features: ['has_accept'],
  bias: 0.5,
  roots: [0],
  feature: [0, -1, -1],
  threshold: [0.5, -0.25, 0.25],
  left: [1, 0, 0],
  right: [2, 0, 0],
  missingRight: [1, 0, 0],
};
