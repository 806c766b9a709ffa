import { hash } from 'node:crypto';
import type { ClientHello } from './clientHello.ts';
import { isGrease } from './grease.ts';

/*
 * JA4, the fingerprint of a TLS client, after FoxIO's published description (technical_details/JA4.md, BSD-3-Clause;
 * the other fingerprints of that family are not free and not here): what the client speaks and how much of it, in the
 * clear; a hash of its sorted cipher suites; a hash of its sorted extensions and its signature algorithms as sent.
 */

const serverName = 0x0000;
const alpn = 0x0010;
const nothing = '000000000000';
const versionNames: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
]);

/** For example `t13d1516h2_8daaf6152771_e5627efa2ab1`; always 36 characters. The hello came over TCP. */
export function ja4(hello: ClientHello): string {
  const parts = ja4Parts(hello);
  return `${parts.open}_${shortHash(parts.suites)}_${shortHash(parts.extensions)}`;
}

/** JA4_r, the same with the lists in place of their hashes. */
export function ja4Raw(hello: ClientHello): string {
  const parts = ja4Parts(hello);
  return `${parts.open}_${parts.suites}_${parts.extensions}`;
}

function ja4Parts(hello: ClientHello): { open: string; suites: string; extensions: string } {
  const suites = hello.cipherSuites.filter(isNotGrease);
  const extensions = hello.extensions.filter(isNotGrease);
  // SNI and ALPN stand in the open part, so that one client looks alike whatever it asks for.
  const hashed = extensions.filter((type) => type !== serverName && type !== alpn);
  const algorithms = hello.signatureAlgorithms.filter(isNotGrease);
  const destination = extensions.includes(serverName) ? 'd' : 'i';
  return {
    open: `t${versionName(hello)}${destination}${count(suites)}${count(extensions)}${alpnEnds(hello.alpn[0])}`,
    suites: hexList(suites.sort(ascending)),
    extensions: hexList(hashed.sort(ascending)) + (algorithms.length === 0 ? '' : `_${hexList(algorithms)}`),
  };
}

/** The highest of supported_versions, or the legacy version of a client that does not send them. */
function versionName(hello: ClientHello): string {
  const offered = hello.supportedVersions.filter(isNotGrease);
  const version = hello.supportedVersions.length === 0 ? hello.legacyVersion : Math.max(0, ...offered);
  return versionNames.get(version) ?? '00';
}

/** First and last character of the first protocol's name; of its hexadecimal form where either is not alphanumeric. */
function alpnEnds(name: string | undefined): string {
  if (name === undefined || name === '') return '00';
  const ends = name[0]! + name.at(-1)!;
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends;
  const hex = Buffer.from(name, 'latin1').toString('hex');
  return hex[0]! + hex.at(-1)!;
}

function count(list: readonly number[]): string {
  return String(Math.min(list.length, 99)).padStart(2, '0');
}

function hexList(codes: readonly number[]): string {
  return codes.map((code) => code.toString(16).padStart(4, '0')).join(',');
}

function shortHash(list: string): string {
  return list === '' ? nothing : hash('sha256', list).slice(0, 12);
}

function isNotGrease(code: number): boolean {
  return !isGrease(code);
}

function ascending(a: number, b: number): number {
  return a - b;
}
