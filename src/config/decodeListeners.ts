import { isAbsolute } from 'node:path';
import type {
  CertificateFiles,
  HostPort,
  ListenerKind,
  ListenerOptions,
  ListenerTls,
} from '../contract/edgeOptions.ts';
import { parseListen } from './addresses.ts';
import { configLimits } from './configLimits.ts';
import type { Decoder, Place } from './decoder.ts';
import { listener as listenerShape, listenerTls } from './listenKeys.ts';
import { needsOf } from './needsOf.ts';

/** The first listener stands apart: it is the one that the edge names as its address. */
export interface DecodedListeners {
  readonly listen: HostPort;
  readonly listenAs?: ListenerKind;
  readonly listeners?: readonly ListenerOptions[];
}

/** `HOST:PORT`, or a list of such and of mappings with `address`, `tls` and `proxyProtocol`. */
export function decodeListeners(decoder: Decoder, place: Place): DecodedListeners | undefined {
  if (!decoder.isList(place)) {
    const listen = decodeListen(decoder, place);
    return listen && { listen };
  }
  const items = decoder.list(place, 'listen', configLimits.listenersMax);
  const decoded = items?.map((item) => decodeListener(decoder, item));
  if (decoded === undefined || !decoded.every((listener) => listener !== undefined)) return undefined;
  const [first, ...listeners] = decoded;
  if (first === undefined) return decoder.report(place, 'there is no listener; name at least one');
  if ('unixPath' in first.at)
    return decoder.report(items![0]!, 'the first listener must be HOST:PORT, not a unix socket');
  reportTwice(decoder, items!, decoded);
  const { at, ...listenAs } = first;
  return { listen: at, listenAs, listeners };
}

export function decodeListen(decoder: Decoder, place: Place): HostPort | undefined {
  // `listen: 8080` is a number; the answer is the same as to any other text that is no address.
  const value = decoder.scalar(place)?.value;
  const listen = parseListen(typeof value === 'string' ? value : '');
  return listen.ok ? listen.value : decoder.report(place, listen.error);
}

function decodeListener(decoder: Decoder, place: Place): ListenerOptions | undefined {
  if (!decoder.isMapping(place)) {
    const at = decodeAddress(decoder, place);
    return at && { at };
  }
  const listener = decoder.mapping(place, needsOf(listenerShape.keys), 'a listener');
  const at = listener?.address && decodeAddress(decoder, listener.address);
  const tls = listener?.tls && decodeTls(decoder, listener.tls);
  const proxyProtocol = listener?.proxyProtocol && decoder.trueOrFalse(listener.proxyProtocol, 'proxyProtocol');
  if (at === undefined || (listener?.tls !== undefined && tls === undefined)) return undefined;
  if (listener?.proxyProtocol !== undefined && proxyProtocol === undefined) return undefined;
  return { at, ...(tls && { tls }), ...(proxyProtocol === true && { proxyProtocol }) };
}

function decodeAddress(decoder: Decoder, place: Place): ListenerOptions['at'] | undefined {
  const value = decoder.scalar(place)?.value;
  if (typeof value !== 'string' || !value.startsWith('unix:')) return decodeListen(decoder, place);
  const unixPath = value.slice('unix:'.length);
  if (isAbsolute(unixPath) && Buffer.byteLength(unixPath) <= configLimits.unixPathBytesMax) return { unixPath };
  const room = `at most ${configLimits.unixPathBytesMax} bytes long`;
  return decoder.report(place, `a unix socket is an absolute path, ${room}, like unix:/run/holdfast/edge.sock`);
}

function decodeTls(decoder: Decoder, place: Place): ListenerTls | undefined {
  const tls = decoder.mapping(place, needsOf(listenerTls.keys), 'tls');
  if (tls?.certificates === undefined) return undefined;
  const items = decoder.list(tls.certificates, 'certificates', configLimits.certificatesMax);
  if (items?.length === 0) return decoder.report(tls.certificates, 'there is no certificate; name at least one');
  const certificates = items?.map((item) => decodeCertificate(decoder, item));
  const http2 = tls.http2 === undefined ? true : decoder.trueOrFalse(tls.http2, 'http2');
  if (http2 === undefined || certificates === undefined) return undefined;
  return certificates.every((files) => files !== undefined) ? { certificates, http2 } : undefined;
}

function decodeCertificate(decoder: Decoder, place: Place): CertificateFiles | undefined {
  const files = decoder.mapping(place, { certificate: 'required', key: 'required' }, 'a certificate');
  const certificatePath = files?.certificate && decodePath(decoder, files.certificate, 'certificate');
  const keyPath = files?.key && decodePath(decoder, files.key, 'key');
  return certificatePath !== undefined && keyPath !== undefined ? { certificatePath, keyPath } : undefined;
}

function decodePath(decoder: Decoder, place: Place, what: string): string | undefined {
  const path = decoder.text(place, what);
  if (path === undefined || isAbsolute(path)) return path;
  return decoder.report(place, `${what} is an absolute path of a PEM file, like /etc/holdfast/shop.pem`);
}

function reportTwice(decoder: Decoder, items: readonly Place[], listeners: readonly ListenerOptions[]): void {
  const seen = new Set<string>();
  for (const [index, { at }] of listeners.entries()) {
    const key = JSON.stringify(at);
    // Port 0 is any free port.
    if (seen.has(key) && !('port' in at && at.port === 0)) decoder.report(items[index]!, 'this address stands twice');
    seen.add(key);
  }
}
