export { site, siteKeys, sites } from './all.ts';
export type { errorPages } from './errorPages.ts';
export type { requestHeaders } from './headerEdits.ts';
export { messageLimits } from './messageLimits.ts';
export { isSiteName } from './name.ts';
export { oneOrigin } from './origins.ts';
export { redirect } from './redirects.ts';
export { ruleActions } from './ruleActions.ts';
export { isRuleName, rule, rules } from './rules.ts';
export { headerNameFault, headerValueFault } from './texts/header.ts';
export { isHost, parseHost } from './texts/host.ts';
export { siteLimits } from './texts/limits.ts';
export { isReachableHost, type Origin, type OriginAddress, readOrigin } from './texts/origin.ts';
export { parseOrigin } from './texts/originAsWritten.ts';
export { certificateFault } from './texts/pem.ts';
export {
  type RedirectStatus,
  RedirectTable,
  type RedirectTarget,
  redirectFault,
  redirectStatuses,
} from './texts/redirectTable.ts';
export { upstream } from './upstream.ts';
export { health } from './upstreamHealth.ts';
export { outlier } from './upstreamOutlier.ts';
export { retries } from './upstreamRetries.ts';
export { tls } from './upstreamTls.ts';
