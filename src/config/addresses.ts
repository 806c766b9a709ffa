import { canonicalAddress } from '../address/index.ts';
import { isHost, isReachableHost } from '../bundles/index.ts';
import { type HostPort, isLoopback } from '../contract/edgeOptions.ts';
import { err, ok, type Result } from '../kernel/result.ts';

/** `HOST:PORT` or `[IPV6]:PORT`; the brackets are not part of the host. The error is a sentence. */
export function parseListen(text: string): Result<HostPort, string> {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([^:[\]\s/]{1,253})):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return err('this must read HOST:PORT, for example 127.0.0.1:8080');
  return ok({ host: (match[1] ?? match[2])!, port });
}

/** An origin as a site names it: `http://host:port` or `https://host:port` and nothing behind it. The error says what to change. */
export function parseOrigin(text: string): Result<string, string> {
  const match = /^(https?):\/\/([^/?#@\s]*?)(?::(\d{1,5}))?([/?#].*)?$/i.exec(text);
  if (match === null) return err('the origin must read http://HOST:PORT or https://HOST:PORT');
  const scheme = match[1]!.toLowerCase();
  const [, , host = '', port, rest] = match;
  if (!isHost(host.toLowerCase())) return err(`the origin must read ${scheme}://HOST:PORT, and this is no host`);
  if (!isReachableHost(host.toLowerCase())) return err('the host looks like an address and is no valid one');
  if (port === undefined) {
    return err(`the origin has no port; write ${scheme}://${host}:${scheme === 'https' ? 443 : 80}`);
  }
  if (Number(port) < 1 || Number(port) > 65_535) return err('the port must be from 1 to 65535');
  if (rest !== undefined && rest !== '/')
    return err(`nothing may stand behind the port; write ${scheme}://${host}:${Number(port)}`);
  return ok(`${scheme}://${host.toLowerCase()}:${Number(port)}`);
}

/** A host of a site: a name, an address or `*`; given back in lower case. The error says what to change. */
export function parseHost(text: string): Result<string, string> {
  const host = text.toLowerCase();
  if (host === '*' || isHost(host)) return ok(host);
  if (host.includes('://')) return err('a host has no scheme; write the name alone');
  if (/^[^:]+:\d+$/.test(host)) return err('a host has no port; a site answers on every port the edge listens on');
  if (host.includes('/')) return err('a host has no path; rules look at request.path');
  if (host.includes('*')) return err('* stands alone and catches every host that no site names');
  if (/[^\u0000-\u007f]/.test(host)) return err('write the name as it is sent, in its xn-- form');
  if (/^[0-9a-f:.]*:[0-9a-f:.]*$/.test(host)) return err(`an IPv6 address stands in brackets: "[${host}]"`);
  return err('this is no host name');
}

/** Whether an origin (in the form `parseOrigin` gives) is certainly the listening address itself; other names are not looked up. */
export function isServedBy(origin: string, listen: HostPort): boolean {
  const [, host = '', port = ''] = /^https?:\/\/\[?([^\]]*?)\]?:(\d+)$/.exec(origin) ?? [];
  if (Number(port) !== listen.port) return false;
  const listening = canonicalAddress(listen.host) ?? listen.host;
  const isEverywhere = listening === '0.0.0.0' || listening === '::';
  if ((canonicalAddress(host) ?? host) === listening) return true;
  return isLoopback(host) && (isEverywhere || listening === 'localhost');
}
