/** Shape of an Accept-Encoding. */
export interface EncodingFacts {
  readonly codings: number;
  /** Separated by `, ` and without weights, as browsers write it. */
  readonly isBrowserForm: boolean;
  readonly gzip: boolean;
  readonly brotli: boolean;
  readonly zstd: boolean;
  readonly identity: boolean;
}

export function parseAcceptEncoding(full: string): EncodingFacts {
  const text = full.slice(0, 256);
  const codings = text.split(',').map((part) => part.split(';')[0]!.trim().toLowerCase());
  return {
    codings: text === '' ? 0 : codings.length,
    isBrowserForm: /^gzip, deflate(?:, br)?(?:, zstd)?$/.test(text),
    gzip: codings.includes('gzip'),
    brotli: codings.includes('br'),
    zstd: codings.includes('zstd'),
    identity: codings.includes('identity') || codings.includes('*'),
  };
}
