import type { FieldLines } from '../../http/index.ts';
import type { ModuleReasonWord } from '../../modules/all.ts';
import type { BodySource, ResponseHead } from '../exchange/bodies.ts';

/** What a module says of a request on its way; undefined: pass, it goes on. */
export type Step = Answering | Declining | Waiting;

/** The module answers itself. */
export interface Answering {
  readonly kind: 'answer';
  readonly head: ResponseHead;
  /** A text goes out whole, and its length with it; a source flows as fast as the visitor reads. */
  readonly body: string | BodySource;
  /** null: nothing is wrong, and the answer is the site's own. */
  readonly why: ModuleReasonWord | null;
  /** A stored copy passes the answer's steps of the modules that stand before this one; the edge's own word does not. */
  readonly isCopy?: true;
}

/** Answered in the words of the module's reason, or with the site's page for its status. */
export interface Declining {
  readonly kind: 'decline';
  readonly why: ModuleReasonWord;
  /** Beside those that say what went wrong. */
  readonly fields?: FieldLines;
}

/**
 * Parks the request at this module. Whatever `resume` is told, the request goes on behind the module in a later batch: the
 * cache answers nobody whom Access still asks.
 */
export interface Waiting {
  readonly kind: 'wait';
  /** At most. */
  readonly forMs: number;
  /** What it comes to when nobody resumed in time; undefined: pass. */
  readonly late: Exclude<Step, Waiting> | undefined;
  /** Called once, at once. `resume` may be called once, also at once; what comes later is left alone. Gives back how to stop waiting. */
  start(resume: (step: Exclude<Step, Waiting> | undefined) => void): () => void;
}

/** Of `noAnswer`: the origin is asked once more. */
export const again = Object.freeze({ kind: 'again' });
export type Again = typeof again;

/** Whether a module's word is a step at all: what it gives is looked at before it is believed. */
export function isStep(value: unknown, reasons: ReadonlySet<string>): value is Step {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, why, head, body, fields, forMs, start } = value as Partial<
    Omit<Answering, 'kind'> & Omit<Declining, 'kind'> & Omit<Waiting, 'kind'> & { kind: unknown }
  >;
  switch (kind as Step['kind']) {
    case 'decline':
      return typeof why === 'string' && reasons.has(why) && (fields === undefined || areFields(fields));
    case 'answer':
      return (
        (why === null || (typeof why === 'string' && reasons.has(why))) &&
        isResponseHead(head) &&
        (typeof body === 'string' || typeof (body as BodySource | undefined)?.flowTo === 'function')
      );
    case 'wait':
      return typeof forMs === 'number' && forMs >= 0 && typeof start === 'function';
    default:
      return false;
  }
}

const breaksLine = /[\r\n\0]/;

/** A head that can be sent: a final status, and fields that are pairs of text without line ends. */
export function isResponseHead(value: unknown): value is ResponseHead {
  const { status, reason, fields } = (value ?? {}) as Partial<ResponseHead>;
  if (!Number.isInteger(status) || status! < 200 || status! > 599) return false;
  if (typeof reason !== 'string' || breaksLine.test(reason)) return false;
  return areFields(fields);
}

/** Pairs of text without line ends. */
function areFields(fields: Partial<FieldLines> | undefined): boolean {
  const { raw, numbers } = fields ?? {};
  if (!Array.isArray(raw) || !Array.isArray(numbers) || raw.length !== numbers.length * 2) return false;
  return raw.every((text) => typeof text === 'string') && !breaksLine.test(raw.join(''));
}
