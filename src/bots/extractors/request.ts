import { type Extractor, plain } from '../request/extractor.ts';
import type { RequestFacts } from '../request/requestFacts.ts';

const methods = ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'];

/** Method, version and the headers whose presence depends on what kind of request it is. */
export const requestExtractors: readonly Extractor[] = [
  plain('method', 'GET 0, HEAD 1, POST 2, OPTIONS 3, PUT 4, DELETE 5, PATCH 6, any other 7.', ({ head }) => {
    const index = methods.indexOf(head.method);
    return index === -1 ? methods.length : index;
  }),
  plain(
    'http-version',
    '1 for HTTP/1.0, 1.1 for HTTP/1.1, 2 for HTTP/2; missing behind a trusted proxy.',
    ({ head }) => {
      if (head.isRelayed) return Number.NaN;
      return head.version === '1.1' ? 1.1 : head.version === '2' ? 2 : 1;
    },
  ),
  plain(
    'host-is-address',
    '1 when the host is an IP address, 0 when it is a name; missing when there is none.',
    ({ head }) => (head.host === '' ? Number.NaN : /^[\d.]+$|^\[/.test(head.host) ? 1 : 0),
  ),
  plain(
    'connection-mismatch',
    '1 when a claimed browser does not ask over HTTP/1.1 to keep the connection, as all of them do; missing otherwise, and behind a trusted proxy.',
    ({ head, claimsBrowser }) => {
      if (!claimsBrowser || head.version !== '1.1' || head.isRelayed) return Number.NaN;
      const connection = head.headers.connection?.slice(0, 256);
      return connection === 'keep-alive' || connection?.toLowerCase().includes('upgrade') ? 0 : 1;
    },
  ),
  plain(
    'upgrade-insecure-mismatch',
    '1 when a navigation of claimed Chromium or Firefox lacks Upgrade-Insecure-Requests or any other request has it; missing for others.',
    (facts) => {
      const { engine } = facts.userAgent;
      if (engine !== 'chromium' && engine !== 'gecko') return Number.NaN;
      return (facts.head.headers['upgrade-insecure-requests'] === '1') === facts.isNavigation ? 0 : 1;
    },
  ),
  plain(
    'te-priority-mismatch',
    'TE from another than Firefox (+1), Priority over HTTP/1.1 from Chromium (+1); missing for unknown clients, and behind a trusted proxy.',
    (facts) => {
      if (!facts.claimsBrowser || facts.head.isRelayed) return Number.NaN;
      if (facts.userAgent.engine === 'gecko') return 0;
      const { headers, version } = facts.head;
      const isPriorityForeign =
        headers.priority !== undefined && version !== '2' && facts.userAgent.engine === 'chromium';
      return (headers.te === undefined ? 0 : 1) + (isPriorityForeign ? 1 : 0);
    },
  ),
  plain(
    'body-header-mismatch',
    'A POST, PUT or PATCH without Content-Length or Transfer-Encoding (+1) or with content but no Content-Type (+1), a GET or HEAD with Content-Type (+1).',
    bodyHeaderMismatch,
  ),
  plain(
    'origin-mismatch',
    '1 when a claimed browser posts without Origin, or a navigation by GET carries one; missing for unknown clients and other methods.',
    (facts) => {
      if (!facts.claimsBrowser) return Number.NaN;
      const hasOrigin = facts.head.headers.origin !== undefined;
      if (facts.head.method === 'POST') return hasOrigin ? 0 : 1;
      return facts.head.method === 'GET' && facts.isNavigation ? (hasOrigin ? 1 : 0) : Number.NaN;
    },
  ),
  plain(
    'referer-sense',
    '0 a Referer of another host, 1 of the same host, 2 the very same target in a navigation by GET, 3 not an http URL; missing when it is absent.',
    refererSense,
  ),
  plain('cookie-count', 'Cookies; missing when there is no Cookie header.', ({ head }) => {
    const cookie = head.headers.cookie;
    if (cookie === undefined) return Number.NaN;
    let count = 1;
    for (let at = cookie.indexOf(';'); at !== -1; at = cookie.indexOf(';', at + 1)) count += 1;
    return count;
  }),
];

function bodyHeaderMismatch({ head }: RequestFacts): number {
  const { headers, method } = head;
  const length = headers['content-length'];
  const hasContentType = headers['content-type'] !== undefined;
  if (method === 'GET' || method === 'HEAD') return hasContentType ? 1 : 0;
  if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH') return 0;
  const isFramed = length !== undefined || headers['transfer-encoding'] !== undefined || head.version === '2';
  return (isFramed ? 0 : 1) + (length !== undefined && length !== '0' && !hasContentType ? 1 : 0);
}

function refererSense(facts: RequestFacts): number {
  const { referer, host } = facts.head.headers;
  if (referer === undefined) return Number.NaN;
  const scheme = referer.startsWith('https://') ? 8 : referer.startsWith('http://') ? 7 : 0;
  if (scheme === 0) return referer.startsWith('android-app://') ? 0 : 3;
  const authority = host ?? facts.head.host;
  if (authority === '' || !referer.startsWith(authority, scheme)) return 0;
  const restAt = scheme + authority.length;
  const restLength = referer.length - restAt;
  const { target, method } = facts.head;
  if (restLength === target.length && method === 'GET' && facts.isNavigation && referer.endsWith(target)) return 2;
  return restLength === 0 || referer.charCodeAt(restAt) === slash ? 1 : 0;
}

const slash = 0x2f;
