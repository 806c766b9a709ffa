export { type ControlAnswer, type ControlBody, ControlClient, type ControlClientOptions } from './controlClient.ts';
export type { ControlError, ControlErrorCode } from './controlError.ts';
