import { clientKey } from './clientKey.ts';

/**
 * The network that an address is counted in: an IPv4 /24, an IPv6 /48 (what one customer of a network usually gets), as
 * `192.0.2.0/24` or `2001:db8:1::/48`; null where the text is no address. Called per request by edges and per record by the
 * factory, which must come to the same text.
 */
export function networkKey(address: string): string | null {
  if (!address.includes(':')) return ipv4Network(address);
  const client = clientKey(address);
  if (!client.endsWith('/64')) return ipv4Network(client);
  const groups = client.slice(0, -3).split(':');
  return groups.length < 4 ? null : `${groups.slice(0, 3).join(':')}::/48`;
}

/** The same for look-ups per request, without a new text for the many: an IPv4 /24 as a number, an IPv6 /48 as its text. */
export function networkLookupKey(address: string): string | number | null {
  if (!address.includes(':')) return ipv4NetworkNumber(address);
  const text = networkKey(address);
  return text?.endsWith('/24') === true ? ipv4NetworkNumber(text) : text;
}

/** The first three numbers of an IPv4 address or network; a text that is none has a number all the same, which no table holds. */
export function ipv4NetworkNumber(address: string): number {
  let network = 0;
  let part = 0;
  for (let at = 0, dots = 0; at < address.length && dots < 3; at += 1) {
    const code = address.charCodeAt(at);
    if (code === dot) {
      network = network * 1_024 + (part & 1_023);
      part = 0;
      dots += 1;
    } else part = part * 10 + code - zero;
  }
  return network;
}

const dot = 0x2e;
const zero = 0x30;

function ipv4Network(address: string): string | null {
  const end = address.lastIndexOf('.');
  return end < 5 || end > 11 ? null : `${address.slice(0, end)}.0/24`;
}
