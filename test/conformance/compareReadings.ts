import type { MessageEvent, StreamEvents } from './messageEvents.ts';

/*
 * Our readers may refuse what Node's parser takes, never the other way round; and what both take, both must frame alike.
 */

export const differences = {
  'accepted-alone': 'our reader took octets that llhttp refuses',
  'head-differs': 'start line or headers were read differently',
  'body-differs': 'the octets of a body differ',
  'end-differs': 'a message ends at different octets',
  'kept-alive-alone': 'our reader goes on behind a message that ends the connection for llhttp',
  'upgrade-alone': 'our reader sees an upgrade where llhttp sees none',
  'valid-refused': 'a valid message was refused',
  'splits-differ': 'the same octets gave other events when they came in other pieces',
  'closed-alone': 'our reader ends the connection where llhttp goes on',
} as const;
export type Difference = keyof typeof differences;

/** The first difference that must not be; undefined: ours is as strict as Node's or stricter. */
export function differenceBetween(ours: StreamEvents, nodes: StreamEvents, isHead: boolean): Difference | undefined {
  for (const [index, message] of ours.messages.entries()) {
    const other = nodes.messages[index];
    if (other === undefined) return 'accepted-alone';
    const difference = differenceInMessage(message, other, ours, nodes, isHead);
    if (difference !== undefined) return difference;
  }
  // Behind the last message ours waits for the rest of a head that llhttp has whole.
  const isWaiting = ours.outcome === 'waiting' && ours.messages.at(-1)?.end !== undefined;
  if (isWaiting && nodes.messages.length > ours.messages.length) return 'end-differs';
  return ours.messages.length === 0 && ours.outcome === 'waiting' && nodes.messages.length > 0
    ? 'end-differs'
    : undefined;
}

function differenceInMessage(
  message: MessageEvent,
  other: MessageEvent,
  ours: StreamEvents,
  nodes: StreamEvents,
  isHead: boolean,
): Difference | undefined {
  if ((message.version ?? other.version) !== other.version || !isEqual(message.start, other.start))
    return 'head-differs';
  if (!isEqual(message.rawHeaders, other.rawHeaders)) return 'head-differs';
  // Asked before it knows that an answer to HEAD has no body, llhttp takes every one without framing for the last.
  if (message.isKeptAlive && !other.isKeptAlive && !isHead) return 'kept-alive-alone';
  // llhttp has `keep-alive` win over `close` in HTTP/1.0, and heeds it in Proxy-Connection.
  if (other.isKeptAlive && !message.isKeptAlive && other.version !== '1.0') return 'closed-alone';
  if (message.version !== undefined && message.isUpgrade && !other.isUpgrade) return 'upgrade-alone';
  if (message.end !== undefined) {
    if (other.end === undefined) return nodes.outcome === 'refused' ? 'accepted-alone' : 'end-differs';
    return message.end !== other.end ? 'end-differs' : message.body !== other.body ? 'body-differs' : undefined;
  }
  if (ours.outcome === 'refused') return other.body.startsWith(message.body) ? undefined : 'body-differs';
  if (other.end !== undefined) return 'end-differs';
  if (nodes.outcome === 'refused') return 'accepted-alone';
  return message.body === other.body ? undefined : 'body-differs';
}

function isEqual(some: readonly string[], other: readonly string[]): boolean {
  return some.length === other.length && some.every((text, index) => text === other[index]);
}
