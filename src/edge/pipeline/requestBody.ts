import type { Declining } from './step.ts';

/** How a module looks at a request's body: piece by piece while it goes to the origin, or whole before the origin hears of it. */
export type RequestBodyWatch = BodyPieces | WholeBody;

export interface BodyPieces {
  readonly kind: 'pieces';
  /** `bytes` are lent. Declining ends the request. */
  onBytes(bytes: Uint8Array): Declining | undefined;
}

export interface WholeBody {
  readonly kind: 'whole';
  /** Held at most; above it the module says what becomes of the request without having seen all of it. */
  readonly bytesMax: number;
  onWhole(body: Uint8Array): Declining | undefined;
  onTooLong(): Declining | undefined;
}

export function isRequestBodyWatch(value: unknown): value is RequestBodyWatch {
  const { kind, onBytes, onWhole, onTooLong, bytesMax } = (value ?? {}) as Partial<
    BodyPieces & Omit<WholeBody, 'kind'>
  > & {
    kind?: unknown;
  };
  if (kind === 'pieces') return typeof onBytes === 'function';
  return (
    kind === 'whole' && typeof onWhole === 'function' && typeof onTooLong === 'function' && Number.isFinite(bytesMax)
  );
}
