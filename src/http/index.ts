export { hostWithoutPort, type RequestHeadParts, requestHead } from './buildRequestHead.ts';
export { type Headers, headersFromRaw } from './headersFromRaw.ts';
export { headLimits } from './limits.ts';
export { type HeadPeer, parseRequestHead } from './parseRequestHead.ts';
export type { RequestHead } from './requestHead.ts';
