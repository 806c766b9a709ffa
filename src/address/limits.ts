/** Bounds of reading the text of addresses, each with the sum behind it. */
export const addressLimits = {
  /** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`: six groups of four with their colons, and four numbers of three. */
  addressCharsMax: 45,
  /** Of what is no address and must be told apart all the same; a real address has 45 at most. */
  otherCharsMax: 64,
} as const;
