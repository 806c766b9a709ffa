/** CRC-32C (Castagnoli), reflected polynomial, as RFC 4960 appendix B describes it. */
const polynomial = 0x82f63b78;
const table = new Uint32Array(256).map((_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
  return remainder >>> 0;
});

/**
 * Checksum of the first `length` bytes, the four at `zeroAt` taken as zero: that is where a header keeps the checksum
 * itself. -1 when there is no such place.
 */
export function crc32c(bytes: Uint8Array, length: number, zeroAt: number): number {
  let crc = 0xffffffff;
  for (let index = 0; index < length; index++) {
    const byte = index >= zeroAt && index < zeroAt + 4 && zeroAt >= 0 ? 0 : bytes[index]!;
    crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]!;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
