import type { RequestHead } from '../http/requestHead.ts';
import { isSignedBy, type KeyRing, type RingKey } from './keyRing.ts';
import { verifiedLimits } from './limits.ts';
import { covers, signatureBase } from './signatureBase.ts';
import type { SignatureFault } from './signatureFaults.ts';
import {
  type BareItem,
  type Dictionary,
  type InnerList,
  type Item,
  parseDictionary,
  parseItem,
} from './structuredFields.ts';

export type SignatureCheck =
  | { readonly kind: 'verified'; readonly operator: string }
  | { readonly kind: 'fault'; readonly fault: SignatureFault };

/** Whether so many octets may be verified now; asked once per verification. */
export type MayVerify = () => boolean;

const tag = 'web-bot-auth';
const fault = (fault: SignatureFault): SignatureCheck => ({ kind: 'fault', fault });

/**
 * Checks a request's Web Bot Auth signature (HTTP Message Signatures for automated traffic; RFC 9421) with the keys that
 * are there, Ed25519 and RSA-PSS. Never throws, never waits: a key that the ring lacks is `unknown-key` before anything is
 * computed. null: the request has no signature at all.
 *
 * Nonces are not remembered: each worker would know only its own, a repeated request of an honest client would count as
 * forged, and a signature covers `@authority`, so whoever could send it again has read it on its way to this very site.
 * What bounds a replay is its age (`signatureAgeSMax`).
 */
export function checkSignature(
  head: RequestHead,
  ring: KeyRing,
  nowS: number,
  mayVerify: MayVerify = () => true,
): SignatureCheck | null {
  const sent = head.headers['signature-input'];
  if (sent === undefined) return null;
  const inputs = parseDictionary(sent);
  if (inputs === undefined) return fault('malformed-input');
  let first: SignatureCheck | undefined;
  for (const [label, input] of inputs) {
    if (!isText(input.parameters.get('tag'), tag)) continue;
    const key = keyOf(input, ring);
    // A signer that changes its key signs with both for a while; only one of them needs to be known.
    if ('fault' in key) first ??= fault(key.fault);
    else return checkWith(head, label, input as InnerList, key, nowS, mayVerify);
  }
  return first ?? fault('other-tag');
}

function keyOf(input: Item | InnerList, ring: KeyRing): RingKey | { readonly fault: SignatureFault } {
  if (input.kind !== 'list') return { fault: 'input-not-a-list' };
  const keyid = input.parameters.get('keyid');
  if (keyid?.kind !== 'string') return { fault: 'no-keyid' };
  return ring.find(keyid.value) ?? { fault: 'unknown-key' };
}

function checkWith(
  head: RequestHead,
  label: string,
  input: InnerList,
  key: RingKey,
  nowS: number,
  mayVerify: MayVerify,
): SignatureCheck {
  const { parameters } = input;
  if (parameters.has('alg') && !isText(parameters.get('alg'), key.algorithm)) return fault('other-algorithm');
  const signature = signatureOf(head, label, key.signatureBytes);
  if (typeof signature === 'string') return fault(signature);
  const wrong = timeFault(input, key, nowS) ?? coverFault(head, label, input, key);
  if (wrong !== undefined) return fault(wrong);
  const covered = signatureBase(head, input);
  if ('fault' in covered) return fault(covered.fault);
  if (!mayVerify()) return fault('too-busy');
  // Texts from the wire are one character per octet.
  const isRight = isSignedBy(key, Buffer.from(covered.base, 'latin1'), signature);
  return isRight ? { kind: 'verified', operator: key.operator } : fault('wrong-signature');
}

function signatureOf(head: RequestHead, label: string, length: number): Buffer | SignatureFault {
  const member = parseDictionary(head.headers.signature ?? '');
  if (member === undefined) return 'malformed-signature';
  const signature = member.get(label);
  if (signature === undefined) return 'no-signature';
  if (signature.kind !== 'item' || signature.value.kind !== 'bytes') return 'signature-not-bytes';
  const bytes = Buffer.from(signature.value.value, 'base64');
  return bytes.length === length ? bytes : 'signature-length';
}

function timeFault({ parameters }: InnerList, key: RingKey, nowS: number): SignatureFault | undefined {
  const created = parameters.get('created');
  const expires = parameters.get('expires');
  if (created?.kind !== 'integer') return 'no-created';
  if (expires?.kind !== 'integer') return 'no-expires';
  const { clockSkewS, signatureAgeSMax } = verifiedLimits;
  if (created.value > nowS + clockSkewS) return 'created-ahead';
  if (expires.value <= created.value) return 'expires-before-created';
  if (expires.value < nowS - clockSkewS) return 'expired';
  if (expires.value - created.value > signatureAgeSMax) return 'lives-too-long';
  if (key.notBeforeS > nowS + clockSkewS) return 'key-not-yet-valid';
  if (key.expiresS < nowS - clockSkewS) return 'key-expired';
  return undefined;
}

function coverFault(head: RequestHead, label: string, input: InnerList, key: RingKey): SignatureFault | undefined {
  if (!covers(input, '@authority')) return 'authority-not-covered';
  const sent = head.headers['signature-agent'];
  if (sent === undefined) return undefined;
  const component = input.items.find(({ value }) => isText(value, 'signature-agent'));
  if (component === undefined) return 'agent-not-covered';
  const agent = agentOf(sent, component.parameters.get('key'), label);
  if (agent === undefined) return 'malformed-agent';
  const origin = URL.parse(agent)?.origin;
  return origin !== undefined && key.signers.includes(origin) ? undefined : 'other-agent';
}

/** The URL that `Signature-Agent` gives: a string, or the covered member of a dictionary (later drafts). */
function agentOf(sent: string, key: BareItem | undefined, label: string): string | undefined {
  const item = key === undefined ? parseItem(sent) : undefined;
  if (item !== undefined) return item.value.kind === 'string' ? item.value.value : undefined;
  const agents = parseDictionary(sent);
  const member = agents && memberOf(agents, key, label);
  return member?.kind === 'item' && member.value.kind === 'string' ? member.value.value : undefined;
}

function memberOf(agents: Dictionary, key: BareItem | undefined, label: string): Item | InnerList | undefined {
  if (key !== undefined) return key.kind === 'string' ? agents.get(key.value) : undefined;
  return agents.get(label) ?? (agents.size === 1 ? agents.values().next().value : undefined);
}

function isText(item: BareItem | undefined, text: string): boolean {
  return item?.kind === 'string' && item.value === text;
}
