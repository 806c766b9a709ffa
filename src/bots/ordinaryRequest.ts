import { type RequestHead, requestHead } from '../http/index.ts';
import { RequestFacts } from './request/requestFacts.ts';

/** What scores are explained against. */
export interface OrdinaryRequest {
  /** Completes the sentence "compared with ...". */
  readonly name: string;
  readonly head: RequestHead;
}

const chromiumPage =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';
const chromium =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:158.0) Gecko/20100101 Firefox/158.0';
const chromiumFetch = 'Sec-Fetch-Site: none|Sec-Fetch-Mode: navigate|Sec-Fetch-User: ?1|Sec-Fetch-Dest: document|';
const firefoxFetch = 'Sec-Fetch-Dest: document|Sec-Fetch-Mode: navigate|Sec-Fetch-Site: none|Sec-Fetch-User: ?1|';
const chromiumHints =
  'sec-ch-ua: "Google Chrome";v="156", "Not:A-Brand";v="8", "Chromium";v="156"|sec-ch-ua-mobile: ?0|sec-ch-ua-platform: "Windows"|';

/**
 * A person's first request for a page, by the browser that the request claims to be (Chromium where it claims none) and
 * with what that browser sends in the same context: over plain http neither client hints nor fetch metadata.
 */
export function ordinaryRequestLike(head: RequestHead): OrdinaryRequest {
  const facts = new RequestFacts(head);
  const isSecure = facts.isSecureContext;
  const codings = isSecure ? 'gzip, deflate, br, zstd' : 'gzip, deflate';
  const context = isSecure ? 'in a secure context' : 'over plain http';
  if (facts.userAgent.engine === 'gecko') {
    return ordinary(
      `an ordinary page request of Firefox ${context}`,
      isSecure,
      `Host: a.example|User-Agent: ${firefox}|Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8|Accept-Language: en-US,en;q=0.5|Accept-Encoding: ${codings}|Connection: keep-alive|Upgrade-Insecure-Requests: 1|${isSecure ? firefoxFetch : ''}Priority: u=0, i`,
    );
  }
  return ordinary(
    `an ordinary page request of Chromium ${context}`,
    isSecure,
    `Host: a.example|Connection: keep-alive|${isSecure ? chromiumHints : ''}Upgrade-Insecure-Requests: 1|User-Agent: ${chromium}|Accept: ${chromiumPage}|${isSecure ? chromiumFetch : ''}Accept-Encoding: ${codings}|Accept-Language: en-US,en;q=0.9`,
  );
}

function ordinary(name: string, isSecure: boolean, headers: string): OrdinaryRequest {
  return {
    name,
    head: requestHead({
      method: 'GET',
      target: '/',
      version: '1.1',
      rawHeaders: headers.split('|').flatMap((line) => {
        const colon = line.indexOf(': ');
        return [line.slice(0, colon), line.slice(colon + 2)];
      }),
      scheme: isSecure ? 'https' : 'http',
      clientAddress: '192.0.2.1',
    }),
  };
}
