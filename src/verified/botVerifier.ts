import { isAddress } from '../address/index.ts';
import type {
  BotIdentity,
  BotOperator,
  IdentityReason,
  NamesAnswer,
  OperatorEvidence,
} from '../contract/verifiedBots.ts';
import type { RequestHead } from '../http/requestHead.ts';
import { Claims } from './claims.ts';
import { KeyRing } from './keyRing.ts';
import { verifiedLimits } from './limits.ts';
import { NameAnswers } from './nameAnswers.ts';
import { RangeSet } from './rangeSet.ts';
import type { SignatureFault } from './signatureFaults.ts';
import { checkSignature } from './webBotAuth.ts';

/** An operator and what this worker was told of it. */
interface Known extends Omit<BotOperator, 'ranges'> {
  /** Whether it publishes its addresses. */
  readonly hasRanges: boolean;
  evidence: OperatorEvidence | undefined;
  ranges: RangeSet | undefined;
  /** Made once each: requests share them. */
  readonly identities: Map<IdentityReason, BotIdentity>;
}

/** Nobody known, nothing claimed. */
export const noClaim: BotIdentity = Object.freeze({
  verified: false,
  reason: 'no-claim',
  signatureFault: null,
  operator: null,
  category: null,
  isImpostor: false,
});

/**
 * Says who sends a request, from what is known at this moment: keys, ranges and names come in from elsewhere (`learn`,
 * `learnNames`), and what is not known yet is unknown. Never waits, never throws, asks nobody; O(log n). One per worker.
 */
export class BotVerifier {
  readonly #operators: ReadonlyMap<string, Known>;
  readonly #claims: Claims<Known>;
  readonly #names = new NameAnswers();
  #ring = new KeyRing([]);
  #second = 0;
  #verifications = 0;

  constructor(operators: readonly BotOperator[]) {
    const known = operators.map((operator) => ({
      ...operator,
      hasRanges: operator.ranges !== undefined && operator.ranges.length > 0,
      evidence: undefined,
      ranges: undefined,
      identities: new Map(),
    }));
    this.#operators = new Map(known.map((operator) => [operator.name, operator]));
    this.#claims = new Claims([...this.#operators.values()]);
  }

  /** `nowMs` is monotonic, `wallMs` since 1970: signatures carry times. */
  identify(head: RequestHead, nowMs: number, wallMs: number): BotIdentity {
    const signature = checkSignature(head, this.#ring, wallMs / 1_000, () => this.#mayVerify(nowMs));
    if (signature?.kind === 'verified') return identityOf(this.#operators.get(signature.operator)!, 'signature');
    const claimed = this.#claims.of(head.headers['user-agent'] ?? '');
    const identity = claimed === null ? noClaim : this.#ofClaim(claimed, head.clientAddress, nowMs);
    // Ranges and names prove by themselves; a signature that proves nothing takes nothing away.
    if (signature === null || identity.verified === true) return identity;
    return withFault(identity, signature.fault);
  }

  learn(evidence: OperatorEvidence): void {
    const operator = this.#operators.get(evidence.operator);
    if (operator === undefined) return;
    operator.evidence = evidence;
    operator.ranges = evidence.ranges === null ? undefined : new RangeSet(evidence.ranges);
    this.#ring = new KeyRing(
      [...this.#operators.values()].flatMap(({ name, signers, evidence }) =>
        evidence === undefined || signers === undefined ? [] : [{ operator: name, signers, keys: evidence.keys }],
      ),
    );
  }

  learnNames(answers: readonly NamesAnswer[], nowMs: number): void {
    for (const answer of answers) this.#names.add(answer, nowMs);
  }

  /** Addresses whose names somebody should ask for. */
  takeAsks(): string[] {
    return this.#names.takeAsks();
  }

  get hasAsks(): boolean {
    return this.#names.hasAsks;
  }

  #ofClaim(operator: Known, address: string, nowMs: number): BotIdentity {
    const { ranges, evidence, domains = [] } = operator;
    if (ranges?.has(address) === true) return identityOf(operator, 'ranges');
    const isOutside = ranges !== undefined && evidence?.areRangesFresh === true;
    const names = domains.length > 0 && isAddress(address) ? this.#names.find(address, nowMs) : 'failed';
    if (Array.isArray(names)) {
      const isProven = names.some((name) => isUnder(name, domains));
      return identityOf(operator, isProven ? 'names' : isOutside ? 'outside-ranges' : 'other-name');
    }
    if (names === undefined) return identityOf(operator, 'pending');
    if (isOutside) return identityOf(operator, 'outside-ranges');
    if (domains.length > 0) return identityOf(operator, 'lookup-failed');
    // Ranges that were never told of are on their way; those that cannot be had prove nobody.
    return identityOf(operator, operator.hasRanges && evidence === undefined ? 'pending' : 'no-evidence');
  }

  #mayVerify(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#verifications = 0;
    }
    this.#verifications += 1;
    return this.#verifications <= verifiedLimits.verificationsPerSecondMax;
  }
}

function identityOf(operator: Known, reason: IdentityReason): BotIdentity {
  let identity = operator.identities.get(reason);
  if (identity === undefined) {
    identity = Object.freeze({
      verified: reason === 'pending' ? undefined : proofs.has(reason),
      reason,
      signatureFault: null,
      operator: operator.name,
      category: operator.category,
      isImpostor: lies.has(reason),
    });
    operator.identities.set(reason, identity);
  }
  return identity;
}

const proofs: ReadonlySet<IdentityReason> = new Set(['signature', 'ranges', 'names']);
const lies: ReadonlySet<IdentityReason> = new Set(['outside-ranges', 'other-name']);

function withFault(identity: BotIdentity, signatureFault: SignatureFault): BotIdentity {
  const reason = identity.reason === 'no-claim' ? 'signature-fault' : identity.reason;
  return { ...identity, reason, signatureFault };
}

function isUnder(name: string, domains: readonly string[]): boolean {
  return domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}
