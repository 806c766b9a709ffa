import {
  generateSigningKey,
  type SigningKey,
  signBundle,
  trustedKeyOf,
  validatePayload,
  verifyBundle,
} from '../../src/bundles/index.ts';
import { type BundleKind, bundleKinds, payloadBytesMax } from '../../src/contract/bundleKind.ts';
import type { Finding, RefusalReason } from '../../src/contract/finding.ts';
import { limits } from '../../src/contract/limits.ts';
import type { Trust } from '../../src/contract/trust.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import {
  basePayload,
  featuresInForce,
  type Loose,
  listsInForce,
  modelInForce,
  pick,
  shippedFeatures,
  signalsInForce,
  signalTableNames,
  whole,
} from './bases.ts';
import { anywhere, mutations } from './mutations.ts';
import { brokenRules, type OracleContext } from './oracle.ts';

/** Reasons that the envelope and the payload can be refused for; the rest of the list belongs to later steps. */
export const reachableReasons: readonly RefusalReason[] = [
  'envelope-malformed',
  'envelope-kind-mismatch',
  'key-unknown',
  'key-revoked',
  'signature-invalid',
  'length-mismatch',
  'digest-mismatch',
  'version-not-higher',
  'version-quarantined',
  'payload-too-large',
  'payload-not-utf8',
  'payload-not-json',
  'schema-invalid',
  'features-empty',
  'features-too-many',
  'feature-name-duplicate',
  'feature-name-invalid',
  'feature-type-unknown',
  'feature-extractor-unknown',
  'feature-parameter-invalid',
  'feature-range-invalid',
  'feature-default-outside-range',
  'features-shrunk',
  'features-grown',
  'model-feature-missing',
  'model-feature-duplicate',
  'model-empty',
  'model-too-large',
  'model-node-invalid',
  'lists-empty',
  'lists-too-many',
  'list-name-invalid',
  'list-order-invalid',
  'list-value-invalid',
  'list-too-wide',
  'lists-shrunk',
  'signals-empty',
  'signals-too-many',
  'signal-key-invalid',
  'signal-key-duplicate',
  'signal-out-of-range',
  'signals-shrunk',
  'site-duplicate',
  'sites-too-many',
  'host-invalid',
  'host-duplicate',
  'origin-invalid',
  'upstream-invalid',
  'upstream-tls-invalid',
  'limit-invalid',
  'header-edit-invalid',
  'redirect-invalid',
  'error-page-invalid',
  'rules-too-many',
  'rule-name-duplicate',
  'rule-invalid',
  'rule-too-costly',
  'rule-blocks-when-absent',
  'switch-unknown',
  'switches-too-many',
];

export interface FuzzReport {
  readonly seed: number;
  readonly count: number;
  accepted: number;
  /** Mutated first, signed after: they pass the signature. */
  signedAnew: number;
  /** Accepted with an expression or certificate that the oracle has no verdict for; all other rules were judged. */
  unjudged: number;
  readonly reasons: Map<RefusalReason, number>;
  rssAfterWarmUpBytes: number;
  rssBytes: number;
}

const warmUp = 10_000;
const versionAfter = 10;
const quarantined = [13, 17];

/**
 * Runs `count` bundles past verification and validation and compares each verdict with the oracle's. Throws at the first
 * difference, with the seed and the number that replay it.
 */
export function fuzzBundles(seed: number, count: number, onProgress: (done: number) => void = () => {}): FuzzReport {
  const report: FuzzReport = {
    seed,
    count,
    accepted: 0,
    signedAnew: 0,
    unjudged: 0,
    reasons: new Map(),
    rssAfterWarmUpBytes: 0,
    rssBytes: 0,
  };
  const keys = new FuzzKeys();
  for (let index = 0; index < count; index++) {
    // Each bundle has a seed of its own, so that one can be replayed alone.
    oneBundle(seededRandom(seed * 1_000_003 + index), keys, report, `seed ${seed}, bundle ${index}`);
    if (index + 1 === Math.min(warmUp, count)) report.rssAfterWarmUpBytes = settledRssBytes();
    if ((index + 1) % 5_000 === 0) onProgress(index + 1);
  }
  report.rssBytes = settledRssBytes();
  return report;
}

function oneBundle(random: Random, keys: FuzzKeys, report: FuzzReport, name: string): void {
  const kind = pick(random, ['features', 'features', 'model', 'signals', 'sites', 'switches', 'lists'] as const);
  const { bytes, isSignedAnew } = mutatedBundle(kind, random, keys);
  if (isSignedAnew) report.signedAnew += 1;
  const findings = judge(kind, bytes, keys.trust, name);
  const { broken, unjudged } = brokenRules(Buffer.from(bytes), { ...oracleContext, kind, keys: keys.trust.keys });
  if (findings.length === 0) {
    if (broken.length > 0)
      throw new Error(`${name}: accepted, although it breaks ${broken.join(', ')} of docs/bundles.md`);
    report.accepted += 1;
    if (unjudged) report.unjudged += 1;
    return;
  }
  const reasons = new Set(findings.map((finding) => finding.reason));
  for (const reason of reasons) report.reasons.set(reason, (report.reasons.get(reason) ?? 0) + 1);
  if (broken.length === 0 && !unjudged) {
    throw new Error(`${name}: refused (${[...reasons].join(', ')}), although it satisfies docs/bundles.md`);
  }
}

/** As an edge does it: verify, then validate against what is in force. Anything thrown is a failure of the fuzz. */
function judge(kind: BundleKind, bytes: Uint8Array, trust: Trust, name: string): readonly Finding[] {
  try {
    const bundle = verifyBundle(bytes, { kind, trust, versionAfter, quarantined });
    if (!bundle.ok) return checkFindings(bundle.error);
    const content = validatePayload(kind, bundle.value.payload, {
      lists: listsInForce,
      features: featuresInForce,
      model: modelInForce,
      signals: signalsInForce,
      shipped: { features: shippedFeatures },
    });
    return content.ok ? [] : checkFindings(content.error);
  } catch (error) {
    throw new Error(`${name}: threw`, { cause: error });
  }
}

function checkFindings(findings: readonly Finding[]): readonly Finding[] {
  const isGood =
    findings.length > 0 &&
    findings.length <= limits.findingsMax &&
    findings.every(
      (finding) =>
        finding.message.length > 0 &&
        finding.message.length < 4_096 &&
        (finding.names?.length ?? 0) <= limits.namesPerFindingMax,
    );
  if (!isGood) throw new Error('a refusal has 1 to 100 findings, each with a message and a bounded list of names');
  return findings;
}

const oracleContext: Omit<OracleContext, 'kind' | 'keys'> = {
  versionAfter,
  quarantined,
  namesInForce: featuresInForce.features.map((feature) => feature.name),
  namesShipped: shippedFeatures.features.map((feature) => feature.name),
  namesOfModelInForce: modelInForce.features,
  listsInForce: {
    names: listsInForce.names,
    networks: {
      ipv4: knownSteps('ipv4'),
      ipv6: knownSteps('ipv6'),
    },
    stepsOf: Object.fromEntries(
      listsInForce.names.map((name, place) => {
        const { ipv4, ipv6 } = listsInForce.members;
        return [name, [...ipv4.lists, ...ipv6.lists].filter((bits) => ((bits >>> place) & 1) === 1).length];
      }),
    ),
  },
  signalsInForce: {
    windowEndMs: signalsInForce.windowEndMs,
    rows: Object.fromEntries(signalTableNames.map((name) => [name, signalsInForce[name].keys.length])),
  },
};

function knownSteps(family: 'ipv4' | 'ipv6') {
  const { asns, countries } = listsInForce.networks[family];
  return { asns: asns.filter((asn) => asn > 0).length, countries: countries.filter((place) => place > 0).length };
}

class FuzzKeys {
  readonly #good = new Map(bundleKinds.map((kind) => [kind, generateSigningKey(kind)]));
  readonly #revoked = new Map(bundleKinds.map((kind) => [kind, generateSigningKey(kind)]));
  readonly #unknown = new Map(bundleKinds.map((kind) => [kind, generateSigningKey(kind)]));
  readonly trust: Trust = {
    schema: 1,
    keys: [
      ...[...this.#good.values()].map(trustedKeyOf),
      ...[...this.#revoked.values()].map((key) => ({ ...trustedKeyOf(key), revoked: true })),
    ],
  };

  pick(kind: BundleKind, random: Random): SigningKey {
    const roll = random.next();
    return (roll < 0.96 ? this.#good : roll < 0.98 ? this.#revoked : this.#unknown).get(kind)!;
  }
}

function mutatedBundle(kind: BundleKind, random: Random, keys: FuzzKeys): { bytes: Uint8Array; isSignedAnew: boolean } {
  const file = basePayload(kind, random);
  for (let changes = pick(random, [0, 1, 1, 1, 2, 3]); changes > 0; changes--) {
    // A mutation may meet what an earlier one left; then there is nothing for it to change.
    try {
      (random.next() < 0.7 ? pick(random, mutations[kind]) : anywhere)(file, random);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  const payload = mutatedText(kind, file, random);
  const version = random.next() < 0.94 ? whole(random, 18, 1_000) : pick(random, [1, 10, 13, 17]);
  const signedKind = random.next() < 0.98 ? kind : pick(random, bundleKinds);
  const key = keys.pick(signedKind, random);
  const signed = signBundle(
    { kind: signedKind, version, madeAtMs: 1_764_000_000_000, payload, acceptShift: random.next() < 0.5 },
    key,
  );
  if (random.next() < 0.85) return { bytes: signed, isSignedAnew: true };
  return { bytes: mutatedBytes(Buffer.from(signed), random), isSignedAnew: false };
}

/** From the value to text, sometimes in ways that JSON.stringify would not choose. */
function mutatedText(kind: BundleKind, file: Loose, random: Random): Buffer {
  const text = JSON.stringify(file);
  const roll = random.next();
  if (roll < 0.85) return Buffer.from(text);
  if (roll < 0.86) return Buffer.from(text.padEnd(payloadBytesMax[kind] + pick(random, [0, 1]), ' '));
  if (roll < 0.88) return mutatedBytes(Buffer.from(text), random);
  if (roll < 0.9)
    return Buffer.from(
      text.replace(/\d+(?=[,\]}])/, pick(random, ['1e999', '-1e999', '01', '1.', '+1', 'NaN', '0x1', '1e-999', '-0'])),
    );
  if (roll < 0.92)
    return Buffer.from(text.replace(/"(\w+)":/, (key) => `${key}${pick(random, ['1', 'null', '[]'])},${key}`));
  if (roll < 0.93) return Buffer.from(`${'['.repeat(whole(random, 1, 20_000))}${text}`);
  if (roll < 0.94) return Buffer.from(`${'['.repeat(9)}${']'.repeat(9)}`);
  if (roll < 0.95)
    return Buffer.from(
      text.replace('{', pick(random, ['{"__proto__":{},', '{"constructor":1,', '{"":0,', '\ufeff{', ' \n{', '/**/{'])),
    );
  if (roll < 0.96)
    return Buffer.concat([
      Buffer.from(text),
      Buffer.from(pick(random, [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x00], [0x0a]])),
    ]);
  if (roll < 0.97) return Buffer.from(text.replace(/"/, pick(random, ['"\\u0041', '"\\ud800', "'", '"\\x41', '"\t'])));
  if (roll < 0.975) return Buffer.from(JSON.stringify(file, null, 2));
  if (roll < 0.978 && kind === 'model') return Buffer.from(`[${'0,'.repeat(400_001)}0]`);
  if (roll < 0.985) return Buffer.alloc(whole(random, 0, 64), pick(random, [0x00, 0x20, 0x30, 0x5b, 0x7b, 0x22]));
  return Buffer.from(pick(random, ['null', '[]', '{}', '1', '""', '{"schema":1}', '{"schema":2,"features":[]}']));
}

function mutatedBytes(bytes: Buffer, random: Random): Buffer {
  // Half of the changes fall into the header, which is short.
  const at = () => whole(random, 0, random.next() < 0.5 ? Math.min(400, bytes.length) : bytes.length);
  switch (whole(random, 0, 6)) {
    case 0: {
      const changed = Buffer.from(bytes);
      for (let flips = whole(random, 1, 4); flips > 0; flips--) {
        const place = at();
        if (place < changed.length) changed[place]! ^= 1 << whole(random, 0, 7);
      }
      return changed;
    }
    case 1:
      return bytes.subarray(0, at());
    case 2: {
      const place = at();
      return Buffer.concat([
        bytes.subarray(0, place),
        Buffer.alloc(whole(random, 1, 40), whole(random, 0, 255)),
        bytes.subarray(place),
      ]);
    }
    case 3: {
      const start = at();
      return Buffer.concat([
        bytes.subarray(0, start),
        bytes.subarray(Math.min(bytes.length, start + whole(random, 1, 20))),
      ]);
    }
    case 4: {
      // A header that still reads well and says something else than what was signed.
      const fields = [
        /(?<="version":)\d/,
        /(?<="madeAtMs":)\d/,
        /(?<="acceptShift":)(true|false)/,
        /(?<="signature":")./,
      ];
      const changed = (text: string) =>
        text === 'true' ? 'false' : text === 'false' ? 'true' : String(whole(random, 1, 9));
      return Buffer.from(bytes.toString('latin1').replace(pick(random, fields), changed), 'latin1');
    }
    case 5: {
      // Another spelling of what was signed: the signature still holds, and the bundle must not.
      const spelling = pick(random, [
        [',"version"', ', "version"'],
        ['{"holdfast"', '{"extra":1,"holdfast"'],
        ['"kind"', '"k\\u0069nd"'],
        ['"holdfast":1', '"holdfast":1.0'],
        ['"}\n', '"}\r\n'],
      ] as const);
      return Buffer.from(bytes.toString('latin1').replace(spelling[0], spelling[1]), 'latin1');
    }
    default:
      return Buffer.concat([bytes, bytes]);
  }
}

/**
 * What is kept, not what lies about: with --expose-gc all garbage goes first, compiled code and the last subjects of
 * regular expressions included, and has a moment to be given back.
 */
function settledRssBytes(): number {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  return process.memoryUsage().rss;
}
