const bodyBytesMax = 1 << 20;
/** Its period is odd, so that a piece that is lost or comes twice is seen. */
const pattern = Buffer.from(Array.from({ length: 251 }, (_, index) => index));
const longest = Buffer.alloc(bodyBytesMax, pattern);

/** What every body is the beginning of, so that each is known by its length. */
export function startOfBody(bytes: number): Buffer {
  return longest.subarray(0, Math.min(bytes, bodyBytesMax));
}

/** Whether `piece` is what stands at `offset` of every body. */
export function isPieceOfBody(piece: Buffer, offset: number): boolean {
  return longest.subarray(offset, offset + piece.length).equals(piece);
}
