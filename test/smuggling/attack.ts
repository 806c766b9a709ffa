/** One attempt to let an origin see a request that the proxy in front of it did not. */
export interface Attack {
  /** Unique within a suite; stands in the paths, so that what an origin saw can be told to be this one's. */
  readonly id: number;
  readonly technique: string;
  readonly says: string;
  /** What a visitor sends over one connection, piece by piece; in HTTP/2, behind the preface. */
  readonly pieces: readonly Buffer[];
  /** Between pieces, in HTTP/2; in HTTP/1.1 a piece waits for an answer to the one before. */
  readonly pauseMs: number;
}

/** What an attack is made of before it has a number. `made` gets the paths that it shall use. */
export interface Recipe {
  readonly technique: string;
  readonly says: string;
  /** Where an origin answers at once, or reads the whole body first; otherwise one of the two by turns. */
  readonly folder?: '/now' | '/read';
  readonly pauseMs?: number;
  readonly made: (paths: Paths) => string | readonly (string | Buffer)[];
}

/** `outer` is the request that the proxy is meant to see, `canary` the one that it is meant not to see. */
export interface Paths {
  readonly outer: string;
  readonly canary: string;
}

export const host = 'shop.example';

/** Numbers the recipes. */
export function attacksFrom(recipes: readonly Recipe[]): Attack[] {
  return recipes.map(({ technique, says, made, folder: wanted, pauseMs = 0 }, id) => {
    const folder = wanted ?? (Math.floor(id / 24) % 2 === 0 ? '/now' : '/read');
    const pieces = made({ outer: `${folder}/outer-${id}`, canary: `${folder}/canary-${id}` });
    return { id, technique, says, pieces: (typeof pieces === 'string' ? [pieces] : pieces).map(bytesOf), pauseMs };
  });
}

/** A head; each field is a whole line without its end. */
export function headOf(line: string, ...fields: readonly string[]): string {
  return [line, `Host: ${host}`, ...fields, '', ''].join('\r\n');
}

/** The request that no origin may see. */
export function smuggled({ canary }: Paths, method = 'GET'): string {
  return `${method} ${canary} HTTP/1.1\r\nHost: ${host}\r\nX-Smuggled: yes\r\n\r\n`;
}

/** `bytes` as one chunk, without the last one. */
export function chunk(bytes: string): string {
  return `${bytes.length.toString(16)}\r\n${bytes}\r\n`;
}

function bytesOf(piece: string | Buffer): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
}

/** Both ways of answering matter to these. */
export function inBothFolders(recipes: readonly Recipe[]): Recipe[] {
  return (['/now', '/read'] as const).flatMap((folder) => recipes.map((recipe) => ({ ...recipe, folder })));
}

/** The rest arrives when the request is on its way to the origin. */
export function pieceByPiece(recipes: readonly Recipe[]): Recipe[] {
  return recipes.map((recipe) => ({ ...recipe, technique: `${recipe.technique}, piece by piece`, pauseMs: 25 }));
}
