import { canonicalAddress, isLoopback } from '../../address/index.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import type { Here } from '../../shape/index.ts';
import { isHost } from './host.ts';
import { isReachableHost } from './origin.ts';

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

/** Whether an origin (in the form `parseOrigin` gives) is certainly the listening address itself; other names are not looked up. */
export function isServedBy(origin: string, listen: NonNullable<Here['listen']>): boolean {
  const [, host = '', port = ''] = /^https?:\/\/\[?([^\]]*?)\]?:(\d+)$/.exec(origin) ?? [];
  if (Number(port) !== listen.port) return false;
  const listening = canonicalAddress(listen.host) ?? listen.host;
  const isEverywhere = listening === '0.0.0.0' || listening === '::';
  if ((canonicalAddress(host) ?? host) === listening) return true;
  return isLoopback(host) && (isEverywhere || listening === 'localhost');
}
