import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { ClientHello } from '../../src/wire/index.ts';
import type { Observation } from './observation.ts';

/** The form of curl-impersonate's signatures, as far as it is read. */
interface Signature {
  readonly browser: { readonly name: string; readonly version: string | number; readonly os?: string };
  readonly signature: {
    readonly http2?: { readonly frames: readonly Frame[] };
    readonly tls_client_hello: {
      readonly ciphersuites: readonly (number | 'GREASE')[];
      readonly extensions: readonly Extension[];
    };
  };
}
interface Frame {
  readonly frame_type: string;
  readonly settings?: readonly { readonly key: number; readonly value: number }[];
  readonly window_size_increment?: number;
  readonly headers?: readonly string[];
  readonly pseudo_headers?: readonly string[];
}
interface Extension {
  readonly type: string | number;
  readonly supported_versions?: readonly string[];
  readonly supported_groups?: readonly (number | 'GREASE')[];
  readonly sig_hash_algs?: readonly number[];
  readonly alpn_list?: readonly string[];
}

const grease = 0x0a0a;
const engines = new Map([
  ['chrome', 'chromium'],
  ['edge', 'chromium'],
  ['firefox', 'gecko'],
  ['safari', 'webkit'],
  ['tor', 'gecko'],
]);
/** Numbers that IANA gave the names which the signatures use. */
const extensionTypes = new Map([
  ['GREASE', grease],
  ['server_name', 0],
  ['status_request', 5],
  ['supported_groups', 10],
  ['ec_point_formats', 11],
  ['signature_algorithms', 13],
  ['application_layer_protocol_negotiation', 16],
  ['signed_certificate_timestamp', 18],
  ['padding', 21],
  ['extended_master_secret', 23],
  ['compress_certificate', 27],
  ['record_size_limit', 28],
  ['delegated_credentials', 34],
  ['session_ticket', 35],
  ['pre_shared_key', 41],
  ['supported_versions', 43],
  ['psk_key_exchange_modes', 45],
  ['keyshare', 51],
  ['application_settings', 17513],
  ['application_settings_new', 17613],
  ['encrypted_client_hello', 65037],
  ['renegotiation_info', 65281],
]);
const versions = new Map([
  ['GREASE', grease],
  ['TLS_VERSION_1_3', 0x0304],
  ['TLS_VERSION_1_2', 0x0303],
  ['TLS_VERSION_1_1', 0x0302],
  ['TLS_VERSION_1_0', 0x0301],
]);

/** Reads every signature of a folder. Throws on what it does not know: a fact that is left out would be a wrong one. */
export function readSignatures(folder: string): Observation[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => parseAllDocuments(readFileSync(`${folder}/${name}`, 'utf8')).map((one) => [name, one] as const))
    .map(([name, document]) => observed(name, document.toJS() as Signature));
}

function observed(file: string, { browser, signature }: Signature): Observation {
  const frames = signature.http2?.frames ?? [];
  const head = frames.find(({ frame_type }) => frame_type === 'HEADERS');
  const headers = head?.headers ?? [];
  const hasOpening = frames.some(({ frame_type }) => frame_type === 'SETTINGS');
  return {
    who: engines.get(browser.name) ?? fail(`${file}: unknown browser ${browser.name}`),
    isBrowser: true,
    version: browser.name === 'tor' ? firefoxOf(file, headers) : Number.parseInt(String(browser.version), 10),
    source: `signature ${file}`,
    hellos: [helloOf(file, signature.tls_client_hello)],
    http2: hasOpening ? [openingOf(frames)] : [],
    heads: [
      {
        version: '2',
        scheme: 'https',
        rawHeaders: headers.flatMap((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
      },
    ],
  };
}

/** Tor Browser counts versions of its own; what it opens connections like is the Firefox it is built on. */
function firefoxOf(file: string, headers: readonly string[]): number {
  const found = headers.join('\n').match(/ firefox\/(\d+)/i)?.[1];
  return Number(found ?? fail(`${file}: names no Firefox`));
}

function helloOf(file: string, hello: Signature['signature']['tls_client_hello']): ClientHello {
  const extension = (type: string) => hello.extensions.find((one) => one.type === type);
  const code = (value: number | 'GREASE') => (value === 'GREASE' ? grease : value);
  return {
    legacyVersion: 0x0303,
    cipherSuites: hello.ciphersuites.map(code),
    extensions: hello.extensions.map(({ type }) =>
      typeof type === 'number' ? type : (extensionTypes.get(type) ?? fail(`${file}: unknown extension ${type}`)),
    ),
    supportedVersions: (extension('supported_versions')?.supported_versions ?? []).map(
      (name) => versions.get(name) ?? fail(`${file}: unknown version ${name}`),
    ),
    supportedGroups: (extension('supported_groups')?.supported_groups ?? []).map(code),
    signatureAlgorithms: extension('signature_algorithms')?.sig_hash_algs ?? [],
    alpn: extension('application_layer_protocol_negotiation')?.alpn_list ?? [],
    serverName: extension('server_name') === undefined ? null : 'shop.example',
    hasGrease: hello.ciphersuites.includes('GREASE'),
  };
}

function openingOf(frames: readonly Frame[]): string {
  const settings = frames.find(({ frame_type }) => frame_type === 'SETTINGS')?.settings ?? [];
  const window = frames.find(({ frame_type }) => frame_type === 'WINDOW_UPDATE')?.window_size_increment;
  const pseudo = frames.find(({ frame_type }) => frame_type === 'HEADERS')?.pseudo_headers ?? [];
  if (frames.some(({ frame_type }) => frame_type === 'PRIORITY')) fail('a signature has PRIORITY frames');
  return [
    settings.map(({ key, value }) => `${key}:${value}`).join(';'),
    window ?? '00',
    '0',
    pseudo.map((name) => name[1]).join(','),
  ].join('|');
}

function fail(message: string): never {
  throw new Error(message);
}
