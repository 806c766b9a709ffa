import { type FieldLines, fieldNumberOf } from '../../http/index.ts';
import type { ModuleReasonWord } from '../../modules/all.ts';
import type { BodySource, ResponseHead } from '../exchange/bodies.ts';
import { isHopByHop } from '../exchange/hopByHop.ts';

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
        // A text is the edge's own word; a copy has a source, which passes the answer's steps.
        (typeof body === 'string'
          ? (value as Answering).isCopy !== true
          : typeof (body as BodySource | undefined)?.flowTo === 'function')
      );
    case 'wait':
      return typeof forMs === 'number' && forMs >= 0 && forMs <= waitMsMax && typeof start === 'function';
    default:
      return false;
  }
}

/** No visitor waits longer for anything. */
const waitMsMax = 600_000;

/** What one octet on the wire cannot be: heads are written one octet a character, so more would become something else. */
const unsendable = /[^\t\x20-\x7e\x80-\xff]/;
/** RFC 9110 section 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A head that can be sent: a final status, and fields that are pairs of text without line ends. */
export function isResponseHead(value: unknown): value is ResponseHead {
  const { status, reason, fields } = (value ?? {}) as Partial<ResponseHead>;
  if (!Number.isInteger(status) || status! < 200 || status! > 599) return false;
  if (typeof reason !== 'string' || unsendable.test(reason)) return false;
  return areFields(fields);
}

/** Names and values that stay one line each, numbered as they are named; none that frames the message or concerns a connection. */
function areFields(fields: Partial<FieldLines> | undefined): boolean {
  const { raw, numbers } = fields ?? {};
  if (!Array.isArray(raw) || !Array.isArray(numbers) || raw.length !== numbers.length * 2) return false;
  for (let line = 0; line < numbers.length; line++) {
    const name: unknown = raw[line * 2];
    const value: unknown = raw[line * 2 + 1];
    if (typeof name !== 'string' || typeof value !== 'string' || !token.test(name) || unsendable.test(value))
      return false;
    const number = fieldNumberOf(name.toLowerCase());
    if (number !== numbers[line] || isHopByHop[number] === 1) return false;
  }
  return true;
}

/** A step that ends the request's way at once. */
export function isFinalStep(value: unknown, reasons: ReadonlySet<string>): value is Exclude<Step, Waiting> {
  return isStep(value, reasons) && value.kind !== 'wait';
}

export function isDeclining(value: unknown, reasons: ReadonlySet<string>): value is Declining {
  return isStep(value, reasons) && value.kind === 'decline';
}
