/** Shape of an Accept-Language. `stepped`: q falls by 0.1 each (Chromium, Safari, newer Firefox); `spread`: evenly over 1 (Firefox). */
export interface LanguageFacts {
  readonly languages: number;
  readonly style: 'stepped' | 'spread' | 'browser-like' | 'foreign';
}

const languagePart = /^([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})(?:;q=(0\.\d{1,2}))?$/;

/** Browsers write no blanks, no `*`, the first language without q and the rest with falling q. */
export function parseAcceptLanguage(text: string): LanguageFacts {
  const parts = text.slice(0, 512).split(',');
  const weights: number[] = [];
  for (const [index, part] of parts.entries()) {
    const match = languagePart.exec(part);
    if (match === null || (match[2] === undefined) !== (index === 0))
      return { languages: parts.length, style: 'foreign' };
    weights.push(index === 0 ? 1 : Number(match[2]));
  }
  const isStepped = weights.every((weight, index) => Math.abs(weight - Math.max(0.1, 1 - index / 10)) < 0.001);
  const isSpread = weights.every((weight, index) => Math.abs(weight - (1 - index / weights.length)) <= 0.051);
  const isFalling = weights.every((weight, index) => index === 0 || weight <= weights[index - 1]!);
  const style = isStepped ? 'stepped' : isSpread ? 'spread' : isFalling ? 'browser-like' : 'foreign';
  return { languages: parts.length, style };
}
