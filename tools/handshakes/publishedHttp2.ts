import type { KnownHttp2 } from '../../src/bots/handshake/knownHandshake.ts';

/**
 * How older browsers opened HTTP/2, which nobody here has run: as Akamai's method ("Passive Fingerprinting of HTTP/2
 * Clients", Black Hat Europe 2017) gives it in many public places. Where a form ended is known from those to a few versions.
 */
export const publishedHttp2: readonly KnownHttp2[] = [
  {
    who: 'chromium',
    from: 0,
    to: 105,
    opening: '1:65536;3:1000;4:6291456;6:262144|15663105|0|m,a,s,p',
  },
  {
    who: 'chromium',
    from: 104,
    to: 117,
    opening: '1:65536;2:0;3:1000;4:6291456;6:262144|15663105|0|m,a,s,p',
  },
  {
    who: 'gecko',
    from: 0,
    to: 132,
    opening: '1:65536;4:131072;5:16384|12517377|3:0:0:201,5:0:0:101,7:0:0:1,9:0:7:1,11:0:3:1,13:0:0:241|m,p,a,s',
  },
];
