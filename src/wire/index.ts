export {
  type ClientHello,
  type ClientHelloRead,
  type HelloRefusal,
  helloRefusals,
  readClientHello,
} from './clientHello.ts';
export { isGrease } from './grease.ts';
export { http2Fingerprint } from './http2Fingerprint.ts';
export {
  type Http2Preface,
  type Http2PrefaceRead,
  type Http2Priority,
  type PrefaceRefusal,
  prefaceRefusals,
  readHttp2Preface,
} from './http2Preface.ts';
export { ja4, ja4Raw } from './ja4.ts';
export { wireLimits } from './limits.ts';
export {
  type ProxyHeaderRead,
  type ProxyRefusal,
  type ProxySource,
  proxyRefusals,
  readProxyHeader,
} from './proxyHeader.ts';
export type { PseudoHeader } from './pseudoHeaders.ts';
