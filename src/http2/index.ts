export { errorCode } from './frames.ts';
export { http2Limits } from './limits.ts';
export { OutMemory } from './outMemory.ts';
export type { RequestFields } from './requestFields.ts';
export { ServerSession, type SessionEvents } from './serverSession.ts';
export type { ServerStream, StreamHandler } from './serverStream.ts';
