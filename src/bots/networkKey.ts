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

function ipv4Network(address: string): string | null {
  const end = address.lastIndexOf('.');
  return end < 5 || end > 11 ? null : `${address.slice(0, end)}.0/24`;
}
