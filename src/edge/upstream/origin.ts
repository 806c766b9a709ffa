/** Where a site's requests go. */
export interface Origin {
  readonly host: string;
  readonly port: number;
}

/** Reads `http://host:port`, which the validator has checked. undefined: it is no such address after all. */
export function parseOrigin(text: string): Origin | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' || url.hostname === '') return undefined;
  // The socket wants an IPv6 address without its brackets.
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  return { host, port: url.port === '' ? 80 : Number(url.port) };
}
