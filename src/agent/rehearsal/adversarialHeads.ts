import { type RequestHead, requestHead } from '../../http/index.ts';

const browser = 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/**
 * Requests as no person sends them, each of a kind that has once broken a parser, a feature or a pattern. What comes in a
 * bundle must bear all of them before a visitor meets it.
 */
export function adversarialHeads(): RequestHead[] {
  const head = (target: string, rawHeaders: readonly string[], method = 'GET') =>
    requestHead({ method, target, version: '1.1', rawHeaders, scheme: 'http', clientAddress: '203.0.113.7' });
  const host = ['Host', 'rehearsal.invalid'];
  const many = Array.from({ length: 100 }, (_, index) => [`X-Header-${index}`, `${index}`]).flat();
  return [
    head('/', []),
    head('/', host),
    head('*', host, 'OPTIONS'),
    head('/', [...host, 'User-Agent', '']),
    head('/', [...host, 'User-Agent', ' '.repeat(8_000)]),
    head('/', [...host, 'User-Agent', 'a'.repeat(60_000)]),
    head('/', [...host, 'User-Agent', `${browser}(`.repeat(200)]),
    head('/', [...host, 'User-Agent', 'Chrome/99999999999999999999.-1.NaN', 'Sec-CH-UA', '"";v="",'.repeat(500)]),
    head('/', [...host, 'User-Agent', String.fromCharCode(...Array.from({ length: 255 }, (_, code) => code + 1))]),
    head(`/${'a/'.repeat(4_000)}`, [...host, 'User-Agent', browser]),
    head(`/${'%'.repeat(4_000)}`, [...host, 'User-Agent', browser]),
    head(`/?${'a=1&'.repeat(4_000)}`, [...host, 'User-Agent', browser]),
    head(`/?${'&'.repeat(60_000)}`, [...host, 'User-Agent', browser]),
    head(`/${'/'.repeat(60_000)}`, [...host, 'User-Agent', browser]),
    head('/', [...host, 'User-Agent', browser, 'Accept', ','.repeat(58_000)]),
    head('/\u00ff\u00fe\u0000\u0007', [...host, 'User-Agent', browser]),
    head('/', [...host, '__proto__', 'x', 'constructor', 'y', 'toString', 'z']),
    head('/', [...host, ...many]),
    head('/', [...host, 'Cookie', 'a=b; '.repeat(5_000)]),
    head('/', [...host, 'Accept', ',;q=;,'.repeat(2_000), 'Accept-Language', '-'.repeat(8_000)]),
    head('/', [...host, 'Content-Length', '-1', 'Referer', 'http://['], 'POST'),
    head('/', [...host, 'X-Forwarded-For', '999.999.999.999, ::::, '.repeat(200)]),
  ];
}
