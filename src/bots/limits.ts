/** Bounds of the bots module. */
export const botLimits = {
  /** Parsed user agents, Accept values ... kept per memo and generation; ~200 bytes each, a site sees hundreds. */
  memoEntriesMax: 2_048,
  /** Longer values are parsed each time rather than kept: the longest real user agents have about 400 characters. */
  memoKeyCharsMax: 1_024,
  /** Only this much of a user agent, path or query is looked at character by character. */
  inspectedCharsMax: 2_048,
  /** Clients that one worker remembers: 32,768 × about 400 bytes = 13 MB. */
  clientsMax: 32_768,
  parametersMax: 32,
  parameterTextCharsMax: 256,
  parameterListMax: 64,
} as const;
