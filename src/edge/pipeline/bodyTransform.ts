/**
 * What a module does to an answer's body. It says whether it changes content or length, so that ETag, ranges and
 * Content-Length are mended in one place (`mendHead.ts`).
 */
export interface BodyTransform {
  /** nothing: it only looks. length: other octets of the same representation. content: another representation (a coding, a rewrite). */
  readonly changes: 'nothing' | 'length' | 'content';
  /** `out` takes what comes of the body; called once, before any other. */
  start(out: BodyOut): void;
  /** `bytes` are lent until the call ends. false: no more until `out.room` is called. */
  write(bytes: Buffer): boolean;
  /** No more has arrived for now: what can go out should. */
  lull(): void;
  /** The body is complete. `out.end` must follow, at once or within the body's idle time. */
  end(): void;
  /** There is room again after `out.write` said false. */
  room(): void;
  /** The answer broke off, or has no body that is sent: nothing follows. May come without `start`. */
  stop(): void;
}

/** Where a transform writes to. */
export interface BodyOut {
  /** false: full; `BodyTransform.room` follows. `bytes` may be used again after the call. */
  write(bytes: Buffer): boolean;
  flush(): void;
  end(): void;
  /** After `write` of the transform said false. */
  room(): void;
}

const methods = ['start', 'write', 'lull', 'end', 'room', 'stop'] as const;

export function isBodyTransform(value: unknown): value is BodyTransform {
  if (typeof value !== 'object' || value === null) return false;
  const { changes } = value as Partial<BodyTransform>;
  if (changes !== 'nothing' && changes !== 'length' && changes !== 'content') return false;
  return methods.every((method) => typeof (value as Partial<BodyTransform>)[method] === 'function');
}
