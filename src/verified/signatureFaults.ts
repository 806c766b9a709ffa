/** Why a signature proves nothing: closed list, in the order in which it is looked for. */
export const signatureFaults = [
  /** `Signature-Input` is no dictionary, or too large. */
  'malformed-input',
  /** None of its members has the tag `web-bot-auth`: it is somebody else's business. */
  'other-tag',
  'input-not-a-list',
  'no-keyid',
  /** No configured operator has this key. Nobody is asked for it. */
  'unknown-key',
  'other-algorithm',
  'malformed-signature',
  /** `Signature` has no member of this label. */
  'no-signature',
  'signature-not-bytes',
  'signature-length',
  'no-created',
  'no-expires',
  'created-ahead',
  'expired',
  'expires-before-created',
  'lives-too-long',
  'key-not-yet-valid',
  'key-expired',
  'authority-not-covered',
  /** `Signature-Agent` was sent and is not covered. */
  'agent-not-covered',
  'malformed-agent',
  /** `Signature-Agent` names somebody else than the key's owner. */
  'other-agent',
  'component-twice',
  'component-unsupported',
  'component-missing',
  'base-too-large',
  /** More signatures than a worker may verify in a second. */
  'too-busy',
  'wrong-signature',
] as const;
export type SignatureFault = (typeof signatureFaults)[number];
