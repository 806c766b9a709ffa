/** Bounds of the bots module. */
export const botLimits = {
  /** Only this much of a user agent, path or query is looked at character by character. */
  inspectedCharsMax: 2_048,
  /**
   * Clients that one worker remembers, and addresses: 131,072 × (512 + 256 bytes, and 58 of index, keys and marks) = 103 MiB
   * of the 128 that a worker may spend on it. Reserved, and taken as clients come: a thousand of them take less than one.
   */
  clientsMax: 131_072,
  /** Observations of one worker that wait to be told to the others: a tenth of a second at 10,000 requests a second. */
  observationsKeptMax: 2_048,
  /** An observation of another worker is milliseconds old, seconds where one of them hung. */
  observationAgeMsMax: 10_000,
  parametersMax: 32,
  parameterTextCharsMax: 256,
  parameterListMax: 64,
} as const;
