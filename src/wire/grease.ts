/** Values that clients strew in so that servers learn to ignore what they do not know: 0x0a0a, 0x1a1a … 0xfafa (RFC 8701). */
export function isGrease(code: number): boolean {
  return (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff);
}
