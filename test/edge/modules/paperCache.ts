import type { BodySink, BodySource, ResponseHead } from '../../../src/edge/exchange/bodies.ts';
import type { ModulePorts, PipelineRequest, Steps } from '../../../src/edge/pipeline/module.ts';
import type { Answering, Step } from '../../../src/edge/pipeline/step.ts';
import type { FieldLines } from '../../../src/http/index.ts';

interface Stored {
  readonly head: ResponseHead;
  readonly body: Buffer;
}
type Resume = (step: Exclude<Step, { kind: 'wait' }> | undefined) => void;

/** A cache as far as the row has to carry it: one fill for many readers that dies with none of them, and a stale copy instead of an error. */
export class PaperCache {
  readonly #fetch: ModulePorts['fetch'];
  readonly #stored = new Map<string, Stored>();
  readonly #fills = new Map<string, Resume[]>();
  /** Off: every request goes on to the origin, and a copy stands in when that fails. */
  servesCopies = true;

  constructor(fetch: ModulePorts['fetch']) {
    this.#fetch = fetch;
  }

  readonly steps: Steps = {
    serve: (request) => {
      if (!this.servesCopies) return undefined;
      const key = request.head.target;
      const stored = this.#stored.get(key);
      if (stored !== undefined) return copyOf(stored);
      return { kind: 'wait', forMs: 5_000, late: undefined, start: (resume) => this.#join(key, request, resume) };
    },
    noAnswer: ({ head }) => {
      const stored = this.#stored.get(head.target);
      return stored === undefined ? undefined : copyOf(stored);
    },
  };

  #join(key: string, { head }: PipelineRequest, resume: Resume): () => void {
    const waiting = this.#fills.get(key);
    if (waiting !== undefined) waiting.push(resume);
    else {
      this.#fills.set(key, [resume]);
      this.#fill(key, head.host);
    }
    return () => this.#fills.set(key, this.#fills.get(key)?.filter((other) => other !== resume) ?? []);
  }

  #fill(key: string, host: string): void {
    const settle = (stored: Stored | undefined) => {
      if (stored !== undefined) this.#stored.set(key, stored);
      const waiting = this.#fills.get(key) ?? [];
      this.#fills.delete(key);
      for (const resume of waiting) resume(stored && copyOf(stored));
    };
    const request = { site: 'default', method: 'GET', target: key, fields: [['Host', host]] } as const;
    this.#fetch(request, {
      onAnswer: (head, body) => {
        const parts: Buffer[] = [];
        body.flowTo({
          onBytes: (bytes) => parts.push(Buffer.from(bytes)),
          onLull() {},
          onEnd: () => settle({ head: withoutFraming(head), body: Buffer.concat(parts) }),
          onFailure: () => settle(undefined),
        });
      },
      onNoAnswer: () => settle(undefined),
    });
  }
}

function withoutFraming(head: ResponseHead): ResponseHead {
  const { raw, numbers } = head.fields;
  const fields: FieldLines = { raw: [], numbers: [] };
  for (let line = 0; line < numbers.length; line++) {
    if (/^(?:transfer-encoding|connection|keep-alive)$/i.test(raw[line * 2]!)) continue;
    fields.raw.push(raw[line * 2]!, raw[line * 2 + 1]!);
    fields.numbers.push(numbers[line]!);
  }
  return { ...head, fields };
}

function copyOf({ head, body }: Stored): Answering {
  return { kind: 'answer', head, body: new StoredBody(body), why: null, isCopy: true };
}

/** Gives a copy in pieces, as fast as it is taken. */
class StoredBody implements BodySource {
  readonly #body: Buffer;
  #at = 0;
  #sink: BodySink | undefined;
  #isPaused = false;

  constructor(body: Buffer) {
    this.#body = body;
  }

  flowTo(sink: BodySink): void {
    this.#sink = sink;
    this.#flow();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#flow();
  }

  discard(): void {
    this.#sink = undefined;
  }

  #flow(): void {
    while (!this.#isPaused && this.#sink !== undefined) {
      if (this.#at >= this.#body.length) {
        const sink = this.#sink;
        this.#sink = undefined;
        sink.onEnd();
        return;
      }
      const piece = this.#body.subarray(this.#at, this.#at + 16_384);
      this.#at += piece.length;
      this.#sink.onBytes(piece);
    }
  }
}
