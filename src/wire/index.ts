export { wireLimits } from './limits.ts';
export {
  type ProxyHeaderRead,
  type ProxyRefusal,
  type ProxySource,
  proxyRefusals,
  readProxyHeader,
} from './proxyHeader.ts';
