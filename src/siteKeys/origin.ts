import { text } from '../shape/index.ts';
import { readOrigin } from './texts/origin.ts';
import { isServedBy, parseOrigin } from './texts/originAsWritten.ts';

/** The address of an origin, alone or one of several. */
export const originUrl = text({
  what: 'the origin',
  like: 'http://HOST:PORT',
  read: parseOrigin,
  check: (url) =>
    readOrigin(url) === undefined
      ? 'the origin must read http://host:port or https://host:port, a name or a valid address, with nothing behind it'
      : undefined,
  checkHere: (url, { listen }) =>
    listen !== undefined && isServedBy(url, listen)
      ? 'this is where the edge itself listens; every request would come back to it'
      : undefined,
});

export const origin = {
  ...originUrl,
  says: '`http://HOST:PORT` or `https://HOST:PORT`, nothing behind it; **required**, or `origins`',
  reason: 'origin-invalid',
} as const;
