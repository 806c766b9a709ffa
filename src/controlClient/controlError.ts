import type { ApiError } from '../contract/controlApi.ts';
import type { CallError, CallFault } from '../kernel/httpCall.ts';

export type ControlErrorCode =
  | CallFault
  /** Nothing says where control is, or what to show it. */
  | 'no-address'
  | 'no-token'
  /** Control answered another status than it should. */
  | 'refused'
  | 'unreadable';

/** Why there is no good answer of control. */
export interface ControlError {
  readonly code: ControlErrorCode;
  /** `downstream`: control does not take what was asked of it. */
  readonly source: 'downstream' | CallError['source'];
  readonly retry: CallError['retry'];
  /** A sentence without its full stop. */
  readonly message: string;
  readonly cause?: unknown;
  /** Of a refusal. */
  readonly status?: number;
  /** What control says of a refusal, where that can be read. */
  readonly said?: ApiError;
}
