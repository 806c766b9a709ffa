import { createGzip, type Gzip } from 'node:zlib';
import type { BodyOut, BodyTransform } from '../../../src/edge/pipeline/bodyTransform.ts';
import type { Steps } from '../../../src/edge/pipeline/module.ts';
import { addField, type FieldLines, fieldNumber } from '../../../src/http/index.ts';

/** Compression as far as the row has to carry it: whether types, backpressure and the mended head are enough for it. */
export const compressionSteps: Steps = {
  originHead: () => {},
  answerHead: ({ head }, answer) => {
    const isText = fieldOf(answer.fields, 'content-type')?.startsWith('text/') === true;
    const wants = head.headers['accept-encoding']?.includes('gzip') === true;
    if (!isText || !wants || answer.status === 206) return undefined;
    const fields: FieldLines = { raw: [...answer.fields.raw], numbers: [...answer.fields.numbers] };
    addField(fields, fieldNumber('content-encoding'), 'Content-Encoding', 'gzip');
    addField(fields, fieldNumber('vary'), 'Vary', 'Accept-Encoding');
    return { ...answer, fields };
  },
  answerBody: (_, answer) => (fieldOf(answer.fields, 'content-encoding') === 'gzip' ? new GzipTransform() : undefined),
};

function fieldOf({ raw }: FieldLines, name: string): string | undefined {
  for (let line = 0; line < raw.length; line += 2) if (raw[line]!.toLowerCase() === name) return raw[line + 1];
  return undefined;
}

class GzipTransform implements BodyTransform {
  readonly changes = 'content';
  readonly #gzip: Gzip = createGzip();

  start(out: BodyOut): void {
    this.#gzip.on('data', (bytes: Buffer) => {
      if (!out.write(bytes)) this.#gzip.pause();
    });
    this.#gzip.on('drain', () => out.room());
    this.#gzip.on('end', () => out.end());
    this.#gzip.on('error', () => {});
  }

  write(bytes: Buffer): boolean {
    // It works on them later; what is lent has to be copied.
    return this.#gzip.write(Buffer.from(bytes));
  }

  lull(): void {}

  end(): void {
    this.#gzip.end();
  }

  room(): void {
    this.#gzip.resume();
  }

  stop(): void {
    this.#gzip.destroy();
  }
}
