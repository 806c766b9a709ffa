/** Bounds of what verifies bots. */
export const verifiedLimits = {
  /** Of `Signature-Input`, `Signature` and `Signature-Agent` each; real ones have 100 to 400 characters. */
  fieldCharsMax: 4_096,
  /** Only this much of a user agent is searched for an operator's word. */
  userAgentCharsMax: 2_048,
  /** Signatures of one message; two while a signer changes its key. */
  membersMax: 8,
  /** Components that one signature covers, and parameters of one value. */
  itemsMax: 32,
  parametersMax: 16,
  /** Octets that are signed: a target of 64 KiB may be among them. */
  baseBytesMax: 128 << 10,
  /** A day, as the protocol recommends; whoever reads a request can send it again to the same site until then. */
  signatureAgeSMax: 86_400,
  /** How far clocks may be apart. */
  clockSkewS: 60,
  /** A verification takes about 0.1 ms: 300 a second are 3 % of a processor. Beyond it a signature proves nothing. */
  verificationsPerSecondMax: 300,
  /** A directory with more keys than this is wrong; real ones hold one to four. */
  keysPerOperatorMax: 32,
  directoryBytesMax: 64 << 10,
  /** The largest published lists hold some 3,000. */
  rangesPerOperatorMax: 10_000,
  listBytesMax: 4 << 20,
  /** The shipped ones are about 40. */
  operatorsMax: 200,
  agentsPerOperatorMax: 32,
  /** Addresses whose names a worker remembers: 8,192 × about 250 bytes = 2 MB. */
  answersMax: 8_192,
  /** Addresses that a worker asks for at a time; the agent has bounds of its own. */
  asksMax: 512,
  /** Until an answer is given up and asked for again. */
  askAgainMs: 15_000,
  /** How often name servers may fail before an address counts as not verified. */
  failuresMax: 3,
} as const;
