import type { KeyHash } from './keyHash.ts';

/**
 * What a rule may count requests by: closed list, each with the sentence that docs and messages say. Those that are
 * `named` need a name: `cookie session`.
 */
export const rateKeyKinds = {
  address: { named: false, sentence: 'the visitor’s address, each IPv6 address by itself' },
  network: { named: false, sentence: 'the network that the address lies in: an IPv4 /24, an IPv6 /48' },
  client: { named: false, sentence: 'the client as its behaviour is counted: an IPv4 address, an IPv6 /64' },
  ja4: { named: false, sentence: 'the JA4 fingerprint of the TLS handshake' },
  'header-order': { named: false, sentence: 'which header fields came in which order and spelling' },
  as: { named: false, sentence: 'the autonomous system that announces the address, as the lists say' },
  cookie: { named: true, sentence: 'the value of the cookie of this name' },
  header: { named: true, sentence: 'the value of the header field of this name, all its lines' },
  path: { named: false, sentence: 'the path, for all visitors together' },
} as const satisfies Readonly<Record<string, { readonly named: boolean; readonly sentence: string }>>;

export type RateKeyKind = keyof typeof rateKeyKinds;
export type RateKey =
  | { readonly kind: Exclude<RateKeyKind, 'cookie' | 'header'> }
  /** A cookie's name has its case; a header's is in lower case. */
  | { readonly kind: 'cookie' | 'header'; readonly name: string };

/**
 * What of a request a key may be read from. Each is asked only by rules that count by it. A text or a number names the
 * same thing in all workers; null or undefined: it is not known of this request.
 */
export interface RateSubject {
  /** Canonical: the same for all spellings of one address. */
  readonly address: string | null;
  /** The /24 or /48, in whatever form is cheapest. */
  readonly network: string | number | null;
  readonly client: string | number | null;
  readonly ja4: string | null | undefined;
  readonly headerOrder: number | null;
  readonly asNumber: number | null | undefined;
  /** Canonical, as rules judge it. */
  readonly path: string;
  /** Lower-case names; several lines of a field are one value. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * Leaves the hash of the key's value in `hash`. false: the request has none (no such cookie, no TLS, no lists), and the limit does
 * not apply to it, just as a rule does not fire on what is unknown: requests without a cookie are not one visitor. A rule that
 * must catch them, too, needs a second limit by address. An empty value is a value.
 */
export function readRateKey(key: RateKey, subject: RateSubject, hash: KeyHash): boolean {
  switch (key.kind) {
    case 'address':
      return hashed(subject.address, hash);
    case 'network':
      return hashed(subject.network, hash);
    case 'client':
      return hashed(subject.client, hash);
    case 'ja4':
      return hashed(subject.ja4, hash);
    case 'header-order':
      return hashed(subject.headerOrder, hash);
    case 'as':
      return hashed(subject.asNumber, hash);
    case 'path':
      return hashed(subject.path, hash);
    case 'header':
      return hashed(subject.headers[key.name], hash);
    case 'cookie':
      return hashCookie(subject.headers.cookie, key.name, hash);
  }
}

function hashed(value: string | number | null | undefined, hash: KeyHash): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'number') hash.ofNumber(value);
  else hash.ofText(value);
  return true;
}

/** RFC 6265 section 4.2: `a=1; b=2`. Of several with one name the first counts, as with most servers. */
function hashCookie(header: string | undefined, name: string, hash: KeyHash): boolean {
  if (header === undefined) return false;
  for (let at = 0; at < header.length; ) {
    while (isBlank(header.charCodeAt(at))) at += 1;
    let end = header.indexOf(';', at);
    if (end === -1) end = header.length;
    const valueAt = at + name.length + 1;
    if (valueAt <= end && header.charCodeAt(valueAt - 1) === equalsSign && header.startsWith(name, at)) {
      let until = end;
      while (until > valueAt && isBlank(header.charCodeAt(until - 1))) until -= 1;
      hash.ofText(header, valueAt, until);
      return true;
    }
    at = end + 1;
  }
  return false;
}

const equalsSign = 0x3d;

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
