/** What an operator's bot is for: closed list, words of rules, trace and log. */
export const botCategories = [
  'search',
  'ai-search',
  'ai-training',
  'ai-assistant',
  'feed',
  'monitoring',
  'preview',
  'archive',
  'seo',
  'advertising',
  'security',
  'other',
] as const;
export type BotCategory = (typeof botCategories)[number];

/** How a bot is told from those that only say so. Anything but `name`, `category` and `agents` may be left away. */
export interface BotOperator {
  /** Lower-case word; stands in rules, the trace, logs and file names. */
  readonly name: string;
  readonly category: BotCategory;
  /** Words of a user agent that claim to be it; case does not matter. Empty: it proves itself by signature alone. */
  readonly agents: readonly string[];
  /** Domains of the names that its addresses resolve to, there and back. */
  readonly domains?: readonly string[];
  /** Where it publishes its addresses: `https:` URLs, or absolute paths of files on the edge. */
  readonly ranges?: readonly string[];
  /** Origins (`https://example.com`) whose directories hold the keys that it signs with (Web Bot Auth). */
  readonly signers?: readonly string[];
}

/** What an edge is told about verified bots. */
export interface VerifiedBotsOptions {
  /** false: nothing is fetched and nobody is asked; what is on the disk counts. */
  readonly isOnline: boolean;
  /** Besides those that come with the software; one of the same name takes its place. */
  readonly operators: readonly BotOperator[];
  /** Name servers, `ADDRESS:PORT`; those of the system when left away. */
  readonly nameServers?: readonly string[];
}

/** Why an identity is what it is: closed list. */
export const identityReasons = [
  /** Proven. */
  'signature',
  'ranges',
  'names',
  /** It claims nothing that could be proven. */
  'no-claim',
  /** Whose names are being asked for, or whose ranges are not here yet. */
  'pending',
  'no-evidence',
  /** Name servers did not answer, again and again. */
  'lookup-failed',
  /** Its claim is wrong. */
  'outside-ranges',
  'other-name',
  /** A signature that proves nothing; `signatureFault` says why. */
  'signature-fault',
  /** Nobody looked: the module is switched off or failed. */
  'off',
] as const;
export type IdentityReason = (typeof identityReasons)[number];

/** Who sent a request, apart from its score. Frozen and shared between requests. */
export interface BotIdentity {
  /** undefined: unknown, because an answer is on its way. */
  readonly verified: boolean | undefined;
  readonly reason: IdentityReason;
  /** Why a signature proves nothing: closed list of `bots/verified`; null where there is none or it holds. */
  readonly signatureFault: string | null;
  /** Proven when `verified`, else merely claimed; null: nobody known. */
  readonly operator: string | null;
  readonly category: BotCategory | null;
  /** It claims to be somebody it surely is not. */
  readonly isImpostor: boolean;
}

/** What a JWK holds of a public key (base64url): `x` of an Ed25519 key (RFC 8037), or `n` and `e` of an RSA one (RFC 7518). */
export type KeyMaterial = { readonly x: string } | { readonly n: string; readonly e: string };

/** A key that an operator signs with, and the time that it holds, in seconds since 1970. */
export type SignerKey = KeyMaterial & { readonly notBeforeS?: number; readonly expiresS?: number };

/** What an edge's agent tells its workers of one operator: replaces what it told before. */
export interface OperatorEvidence {
  readonly operator: string;
  /** CIDRs; null: none known. */
  readonly ranges: readonly string[] | null;
  /** Whether the ranges were confirmed lately: only then is an address outside of them a lie. */
  readonly areRangesFresh: boolean;
  readonly keys: readonly SignerKey[];
}

/** What name servers said of an address. */
export interface NamesAnswer {
  readonly address: string;
  /** Names that lead back to the address; `failed`: there was no answer. */
  readonly names: readonly string[] | 'failed';
  /** How long to go by it. */
  readonly forMs: number;
}
