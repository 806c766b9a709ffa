export {
  type ClientHello,
  type ClientHelloRead,
  type HelloRejection,
  helloRejections,
  readClientHello,
} from './clientHello.ts';
export { isGrease } from './grease.ts';
export { ja4, ja4Raw } from './ja4.ts';
export { wireLimits } from './limits.ts';
export {
  type ProxyHeaderRead,
  type ProxyRejection,
  type ProxySource,
  proxyRejections,
  readProxyHeader,
} from './proxyHeader.ts';
