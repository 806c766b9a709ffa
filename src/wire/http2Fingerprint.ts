import type { Http2Preface } from './http2Preface.ts';

/**
 * How a client opens HTTP/2, as one line in the form that Akamai published (Black Hat Europe 2017):
 * `settings|window|priorities|pseudo-headers`, for Chrome `1:65536;2:0;4:6291456;6:262144|15663105|0|m,a,s,p`.
 * Window 00 and priorities 0 mean that none was sent.
 */
export function http2Fingerprint(preface: Http2Preface): string {
  const settings = preface.settings.map(([identifier, value]) => `${identifier}:${value}`).join(';');
  const window = preface.windowIncrement === 0 ? '00' : String(preface.windowIncrement);
  const priorities = preface.priorities.map(
    ({ stream, isExclusive, dependsOn, weight }) => `${stream}:${isExclusive ? 1 : 0}:${dependsOn}:${weight}`,
  );
  return `${settings}|${window}|${priorities.join(',') || '0'}|${preface.pseudoHeaders.join(',')}`;
}
