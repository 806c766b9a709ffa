export {
  type ClientHello,
  type ClientHelloRead,
  type HelloRefusal,
  helloRefusals,
  readClientHello,
} from './clientHello.ts';
export { isGrease } from './grease.ts';
export { ja4, ja4Raw } from './ja4.ts';
export { wireLimits } from './limits.ts';
export {
  type ProxyHeaderRead,
  type ProxyRefusal,
  type ProxySource,
  proxyRefusals,
  readProxyHeader,
} from './proxyHeader.ts';
