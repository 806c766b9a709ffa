import { checkExpression } from '../rules/index.ts';
import type { Decoder, Place } from './decoder.ts';
import { locateInScalar } from './locateInScalar.ts';

/** Reads conditions. Checks each distinct one once per file: anchors may put one costly rule into a thousand sites. */
export class ExpressionReader {
  readonly #checked = new Map<string, ReturnType<typeof checkExpression>>();

  check(text: string): ReturnType<typeof checkExpression> {
    const known = this.#checked.get(text);
    if (known !== undefined) return known;
    const checked = checkExpression(text);
    this.#checked.set(text, checked);
    return checked;
  }

  /** `when: true` is a YAML boolean and means the expression `true`. Problems inside are reported where they stand. */
  read(decoder: Decoder, place: Place, what: string): string | undefined {
    const scalar = decoder.scalar(place);
    const text = typeof scalar?.value === 'boolean' ? String(scalar.value) : decoder.text(place, what);
    if (text === undefined) return undefined;
    const checked = this.check(text);
    if (checked.ok) return text;
    for (const problem of checked.error) {
      const offset = scalar === undefined ? 0 : locateInScalar(decoder.source.text, scalar, problem.offset);
      decoder.reportAt(offset, place.path, problem.message);
    }
    return undefined;
  }
}
