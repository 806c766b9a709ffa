import { isGrease } from './grease.ts';
import { gatherHello } from './helloRecords.ts';
import { wireLimits } from './limits.ts';

/** Why a connection's first bytes are no ClientHello that is read: closed list, also the metric label. */
export const helloRejections = {
  'not-tls': 'the connection does not begin with a TLS handshake record',
  'not-client-hello': 'the first handshake message is not a ClientHello',
  'hello-too-large': 'the ClientHello is larger than 16 KiB or has more than 128 extensions',
  'hello-too-fragmented': 'the ClientHello is cut into more than 32 records',
  'hello-malformed': 'the ClientHello does not follow its grammar',
  'server-name-invalid': 'the server name has other than visible ASCII characters, or more than 255',
} as const;
export type HelloRejection = keyof typeof helloRejections;

/** What a ClientHello says (RFC 8446 section 4.1.2). Lists keep the sent order and GREASE; empty ones were not sent. */
export interface ClientHello {
  /** `legacy_version`: 0x0303 for every modern client, whatever it speaks. */
  readonly legacyVersion: number;
  readonly cipherSuites: readonly number[];
  /** Types of the extensions. */
  readonly extensions: readonly number[];
  readonly supportedVersions: readonly number[];
  readonly supportedGroups: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  /** Protocol names (RFC 7301), one character per byte. */
  readonly alpn: readonly string[];
  /** Host name of SNI (RFC 6066) in lower case, visible ASCII only; null when none was sent. */
  readonly serverName: string | null;
  /** Whether any of the lists has a GREASE value (`isGrease` tells which). */
  readonly hasGrease: boolean;
}

export type ClientHelloRead =
  | { readonly kind: 'more' }
  /** `bytesUsed`: the records' bytes. A peek: they still belong to the TLS stack. */
  | { readonly kind: 'done'; readonly hello: ClientHello; readonly bytesUsed: number }
  | { readonly kind: 'rejected'; readonly reason: HelloRejection };

/**
 * Reads the ClientHello from all bytes that arrived on a connection so far, over any number of records up to the bound.
 * Stateless: call it again with more bytes after `more`; what it once said of a beginning it says of every longer one.
 * The grammar is as strict as OpenSSL's; beyond it go the bounds, doubled extensions and server names nobody could match.
 */
export function readClientHello(bytes: Uint8Array): ClientHelloRead {
  const gathered = gatherHello(bytes);
  if (gathered.kind !== 'done') return gathered;
  const hello = parseHello(gathered.bytes, gathered.from, gathered.to);
  if (typeof hello === 'string') return { kind: 'rejected', reason: hello };
  return { kind: 'done', hello, bytesUsed: gathered.bytesUsed };
}

type Draft = { -readonly [Key in keyof ClientHello]: ClientHello[Key] };
const none: readonly never[] = [];

/** Each end is checked before what lies before it is taken; a length read past the end only makes that check fail. */
function parseHello(bytes: Uint8Array, from: number, to: number): ClientHello | HelloRejection {
  // legacy_version, random, and the session id's length.
  const sessionAt = from + 34;
  if (sessionAt >= to || bytes[sessionAt]! > 32) return 'hello-malformed';
  const suitesAt = sessionAt + 1 + bytes[sessionAt]!;
  const compressionAt = suitesAt + 2 + pair(bytes, suitesAt);
  if (compressionAt >= to || bytes[compressionAt] === 0) return 'hello-malformed';
  const cipherSuites = codes(bytes, suitesAt + 2, compressionAt);
  const extensionsAt = compressionAt + 1 + bytes[compressionAt]!;
  if (cipherSuites === undefined) return 'hello-malformed';
  const hello: Draft = {
    legacyVersion: pair(bytes, from),
    cipherSuites,
    extensions: none,
    supportedVersions: none,
    supportedGroups: none,
    signatureAlgorithms: none,
    alpn: none,
    serverName: null,
    hasGrease: false,
  };
  // Before TLS 1.3 a hello may end without extensions.
  const fault = extensionsAt === to ? undefined : parseExtensions(hello, bytes, extensionsAt, to);
  if (fault !== undefined) return fault;
  hello.hasGrease = hasGrease(hello);
  return hello;
}

function parseExtensions(hello: Draft, bytes: Uint8Array, from: number, to: number): HelloRejection | undefined {
  if (from + 2 > to || from + 2 + pair(bytes, from) !== to) return 'hello-malformed';
  const types: number[] = [];
  hello.extensions = types;
  for (let at = from + 2; at < to; ) {
    const type = pair(bytes, at);
    const end = at + 4 + pair(bytes, at + 2);
    // A doubled extension is forbidden (RFC 8446 section 4.2), and which of the two counts is anybody's guess.
    if (end > to || types.includes(type)) return 'hello-malformed';
    if (types.length === wireLimits.helloExtensionsMax) return 'hello-too-large';
    types.push(type);
    const fault = parseExtension(hello, type, bytes, at + 4, end);
    if (fault !== undefined) return fault;
    at = end;
  }
  return undefined;
}

/** Reads those that matter here into the hello; the others are only named. */
function parseExtension(
  hello: Draft,
  type: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): HelloRejection | undefined {
  switch (type) {
    case 0:
      return parseServerName(hello, bytes, from, to);
    case 10: {
      const groups = countedCodes(bytes, from, to);
      if (groups !== undefined) hello.supportedGroups = groups;
      return groups === undefined ? 'hello-malformed' : undefined;
    }
    case 13: {
      const algorithms = countedCodes(bytes, from, to);
      if (algorithms !== undefined) hello.signatureAlgorithms = algorithms;
      return algorithms === undefined ? 'hello-malformed' : undefined;
    }
    case 16:
      return parseAlpn(hello, bytes, from, to);
    case 43: {
      const versions = from < to && from + 1 + bytes[from]! === to ? codes(bytes, from + 1, to) : undefined;
      if (versions !== undefined) hello.supportedVersions = versions;
      return versions === undefined ? 'hello-malformed' : undefined;
    }
    default:
      return undefined;
  }
}

/** RFC 6066 section 3: a list that can only hold one host_name, since nothing else was ever assigned. */
function parseServerName(hello: Draft, bytes: Uint8Array, from: number, to: number): HelloRejection | undefined {
  if (from + 5 > to || from + 2 + pair(bytes, from) !== to || bytes[from + 2] !== 0) return 'hello-malformed';
  const nameAt = from + 5;
  if (nameAt + pair(bytes, from + 3) !== to || nameAt === to) return 'hello-malformed';
  if (to - nameAt > wireLimits.serverNameBytesMax) return 'server-name-invalid';
  for (let at = nameAt; at < to; at++) if (bytes[at]! <= 0x20 || bytes[at]! >= 0x7f) return 'server-name-invalid';
  hello.serverName = text(bytes, nameAt, to).toLowerCase();
  return undefined;
}

function parseAlpn(hello: Draft, bytes: Uint8Array, from: number, to: number): HelloRejection | undefined {
  if (from + 2 >= to || from + 2 + pair(bytes, from) !== to) return 'hello-malformed';
  const names: string[] = [];
  for (let at = from + 2; at < to; ) {
    const end = at + 1 + bytes[at]!;
    if (end > to || bytes[at] === 0) return 'hello-malformed';
    names.push(text(bytes, at + 1, end));
    at = end;
  }
  hello.alpn = names;
  return undefined;
}

/** A list with its length in two bytes before it, filling the extension. */
function countedCodes(bytes: Uint8Array, from: number, to: number): number[] | undefined {
  return from + 2 <= to && from + 2 + pair(bytes, from) === to ? codes(bytes, from + 2, to) : undefined;
}

/** One or more two-byte codes. */
function codes(bytes: Uint8Array, from: number, to: number): number[] | undefined {
  if (to <= from || (to - from) % 2 === 1) return undefined;
  const list: number[] = [];
  for (let at = from; at < to; at += 2) list.push(pair(bytes, at));
  return list;
}

function pair(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** Names are a few bytes long; adding characters beats making a Buffer over them. */
function text(bytes: Uint8Array, from: number, to: number): string {
  let characters = '';
  for (let at = from; at < to; at++) characters += String.fromCharCode(bytes[at]!);
  return characters;
}

function hasGrease(hello: ClientHello): boolean {
  return (
    hello.cipherSuites.some(isGrease) ||
    hello.extensions.some(isGrease) ||
    hello.supportedVersions.some(isGrease) ||
    hello.supportedGroups.some(isGrease) ||
    hello.signatureAlgorithms.some(isGrease)
  );
}
