import { parseRequestHead, type RequestHead } from '../../http/index.ts';
import { assert } from '../../kernel/assert.ts';

/** Where a head of these tests comes from. */
export interface Origin {
  readonly scheme?: RequestHead['scheme'];
  readonly clientAddress?: string;
}

/** A head from its text; lines as written, blanks around them ignored. */
export function headOf(text: string, origin: Origin = {}): RequestHead {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim());
  const parsed = parseRequestHead(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), {
    scheme: origin.scheme ?? 'http',
    clientAddress: origin.clientAddress ?? '127.0.0.1',
  });
  assert(parsed.ok, parsed.ok ? '' : parsed.error);
  return parsed.value;
}

export const chromeUserAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

const chromeHints = [
  'sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"',
  'sec-ch-ua-mobile: ?0',
  'sec-ch-ua-platform: "Linux"',
].join('\n');
const chromePage =
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';
const chromeEnd = 'Accept-Encoding: gzip, deflate, br, zstd\nAccept-Language: en-US,en;q=0.9';

/** Recorded from a headed Chromium 156 on localhost: every kind of request of one page. */
export const chromeRequests: Readonly<Record<string, string>> = {
  navigation: `GET / HTTP/1.1
Host: 127.0.0.1:8080
Connection: keep-alive
${chromeHints}
Upgrade-Insecure-Requests: 1
User-Agent: ${chromeUserAgent}
${chromePage}
Sec-Fetch-Site: none
Sec-Fetch-Mode: navigate
Sec-Fetch-User: ?1
Sec-Fetch-Dest: document
${chromeEnd}`,
  style: chromeSubresource('GET /a.css', 'text/css,*/*;q=0.1', 'no-cors', 'style'),
  image: chromeSubresource(
    'GET /i.png',
    'image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
    'no-cors',
    'image',
  ),
  script: chromeSubresource('GET /s.js', '*/*', 'no-cors', 'script'),
  fetch: chromeSubresource('GET /api', '*/*', 'cors', 'empty'),
  fetchPost: `POST /api HTTP/1.1
Host: 127.0.0.1:8080
Connection: keep-alive
Content-Length: 2
sec-ch-ua-platform: "Linux"
User-Agent: ${chromeUserAgent}
sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"
content-type: application/json
sec-ch-ua-mobile: ?0
Accept: */*
Origin: http://127.0.0.1:8080
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: cors
Sec-Fetch-Dest: empty
Referer: http://127.0.0.1:8080/
${chromeEnd}
Cookie: s=1`,
  formPost: `POST /form HTTP/1.1
Host: 127.0.0.1:8080
Connection: keep-alive
Content-Length: 3
Cache-Control: max-age=0
${chromeHints}
Upgrade-Insecure-Requests: 1
Content-Type: application/x-www-form-urlencoded
User-Agent: ${chromeUserAgent}
Origin: http://127.0.0.1:8080
${chromePage}
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: navigate
Sec-Fetch-Dest: document
Referer: http://127.0.0.1:8080/
${chromeEnd}
Cookie: s=1`,
};

/** The same browser over plain http to another machine: no client hints, no fetch metadata, no brotli. */
export const chromePlainRequests: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(chromeRequests).map(([kind, text]) => [
    kind,
    text
      .split('\n')
      .filter((line) => !/^sec-(?:ch|fetch)-/i.test(line))
      .join('\n')
      .replace('gzip, deflate, br, zstd', 'gzip, deflate')
      .replaceAll('127.0.0.1:8080', 'shop.example'),
  ]),
);

/** Brave: Sec-GPC and the language right behind Accept, the language's weight by lot, no signed exchanges. */
export const braveRequests: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(chromeRequests).flatMap(([kind, text]) =>
    ['0.9', '0.7', '0.5'].map((weight) => [
      `${kind}, language ${weight}`,
      text
        .replace('\nAccept-Language: en-US,en;q=0.9', '')
        .replace(',application/signed-exchange;v=b3;q=0.7', '')
        .replace(/^(Accept: .*)$/m, `$1\nSec-GPC: 1\nAccept-Language: en-US,en;q=${weight}`),
    ]),
  ),
);

const firefoxStart = `Host: shop.example
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`;

/** Firefox, which sends no client hints, over plain http. */
export const firefoxRequests: Readonly<Record<string, string>> = {
  navigation: `GET / HTTP/1.1
${firefoxStart}
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
Accept-Language: en-US,en;q=0.5
Accept-Encoding: gzip, deflate
DNT: 1
Sec-GPC: 1
Connection: keep-alive
Upgrade-Insecure-Requests: 1
Priority: u=0, i`,
  image: `GET /i.png HTTP/1.1
${firefoxStart}
Accept: image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5
Accept-Language: en-US,en;q=0.5
Accept-Encoding: gzip, deflate
Connection: keep-alive
Referer: http://shop.example/
Cookie: s=1
Priority: u=5, i`,
  formPost: `POST /form HTTP/1.1
${firefoxStart}
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
Accept-Language: en-US,en;q=0.5
Accept-Encoding: gzip, deflate
Content-Type: application/x-www-form-urlencoded
Content-Length: 3
Origin: http://shop.example
Connection: keep-alive
Referer: http://shop.example/
Cookie: s=1
Upgrade-Insecure-Requests: 1
Priority: u=0, i`,
};

/** Tools as they come, and what they send with a browser's user agent pasted in. */
export function toolRequests(userAgent: string | null): Readonly<Record<string, string>> {
  return {
    curl: `GET / HTTP/1.1\nHost: shop.example\nUser-Agent: ${userAgent ?? 'curl/8.14.1'}\nAccept: */*`,
    wget: `GET / HTTP/1.1\nHost: shop.example\nUser-Agent: ${userAgent ?? 'Wget/1.21.3'}\nAccept: */*\nAccept-Encoding: identity\nConnection: Keep-Alive`,
    urllib: `GET / HTTP/1.1\nAccept-Encoding: identity\nHost: shop.example\nUser-Agent: ${userAgent ?? 'Python-urllib/3.11'}\nConnection: close`,
    fetch: `GET / HTTP/1.1\nhost: shop.example\nconnection: keep-alive\naccept: */*\naccept-language: *\nsec-fetch-mode: cors\nuser-agent: ${userAgent ?? 'node'}\naccept-encoding: gzip, deflate`,
  };
}

function chromeSubresource(start: string, accept: string, mode: string, dest: string): string {
  return `${start} HTTP/1.1
Host: 127.0.0.1:8080
Connection: keep-alive
sec-ch-ua-platform: "Linux"
User-Agent: ${chromeUserAgent}
sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"
sec-ch-ua-mobile: ?0
Accept: ${accept}
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: ${mode}
Sec-Fetch-Dest: ${dest}
Referer: http://127.0.0.1:8080/
${chromeEnd}
Cookie: s=1`;
}
