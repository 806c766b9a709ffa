/*
 * What a reader made of a run of octets, in words that our readers and Node's parser share: so the two can be compared,
 * and so can two readings of the same octets that arrived in different pieces.
 */

export type MessageKind = 'request' | 'response';

export interface StreamInput {
  readonly kind: MessageKind;
  readonly bytes: Buffer;
  /** Of a response: it answers a HEAD. */
  readonly isHead: boolean;
}

export interface MessageEvent {
  /** Method and target of a request; status and reason of a response. */
  readonly start: readonly [string, string];
  /** `1.1` or `1.0`; of a response as read by ours: not told. */
  readonly version: string | undefined;
  /** Name, value, name, value … as sent; values without white space around them. */
  readonly rawHeaders: readonly string[];
  /** As latin1. What had come of it where the message is not whole. */
  body: string;
  isKeptAlive: boolean;
  /** The message offers to leave HTTP, or (101) leaves it. */
  readonly isUpgrade: boolean;
  /** Where the octet behind the message is; undefined: it is not whole. */
  end: number | undefined;
}

/**
 * How the reading ended. `waiting`: all was read and more may come. `refused`: see `fault`. `closed`: the last message
 * ends its connection, what stands behind it is not read. `left`: behind a 101 another protocol is spoken.
 */
export type StreamOutcome = 'waiting' | 'refused' | 'closed' | 'left';

export interface StreamEvents {
  readonly messages: readonly MessageEvent[];
  readonly outcome: StreamOutcome;
  /** Ours: a word of `messageFaults`; Node's: its error code. */
  readonly fault: string | undefined;
}
