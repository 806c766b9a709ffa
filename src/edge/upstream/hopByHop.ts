/** Fields that concern one connection and never pass (RFC 9110 section 7.6.1), lower case. */
const hopByHop = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'http2-settings',
]);

export function isHopByHop(lowerName: string): boolean {
  return hopByHop.has(lowerName);
}

/** Names of the fields that `Connection` declares to concern this connection alone; undefined when there are none. */
export function namedByConnection(rawHeaders: readonly string[]): ReadonlySet<string> | undefined {
  let names: Set<string> | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = rawHeaders[index + 1]!;
    if (value === 'keep-alive' || value === 'close') continue;
    names ??= new Set();
    for (const part of value.split(',')) {
      const named = part.trim().toLowerCase();
      // What frames the message or names the site is never removed at a visitor's word.
      if (named !== 'content-length' && named !== 'host') names.add(named);
    }
  }
  return names;
}
