import { verifiedHeader } from '../../../contract/trace.ts';
import type { BotIdentity, NamesAnswer, OperatorEvidence } from '../../../contract/verifiedBots.ts';
import { verifyDeclaration } from '../../../modules/verify/verifyDeclaration.ts';
import { BotVerifier, withShipped } from '../../../verified/index.ts';
import type { Module, ModulePorts, PipelineRequest, Steps } from '../../pipeline/module.ts';
import { read, write } from '../../pipeline/slot.ts';
import { nobodyLooked, verifySlot } from './verifySlot.ts';

/** Says whose bot sent the request, apart from the score. Fails open: who it is is unknown, which matches no rule. */
export class VerifyModule implements Module {
  readonly declaration = verifyDeclaration;
  readonly slot = verifySlot;
  readonly #verifier: BotVerifier;
  readonly #ports: ModulePorts;
  readonly #steps: Steps;

  constructor(ports: ModulePorts) {
    this.#ports = ports;
    this.#verifier = new BotVerifier(withShipped(ports.botOperators));
    this.#steps = {
      head: (request) => {
        const { head, startedMs, startedWallMs } = request;
        write(request, verifySlot, this.#verifier.identify(head, startedMs, startedWallMs));
        return undefined;
      },
      originHead: (request, head) => {
        const text = verifiedText(read(request, verifySlot));
        if (text !== null) head.add(verifiedHeader, text);
      },
    };
  }

  /** What the agent fetched of an operator. */
  learn(evidence: OperatorEvidence): void {
    this.#verifier.learn(evidence);
  }

  learnNames(answers: readonly NamesAnswer[]): void {
    this.#verifier.learnNames(answers, this.#ports.clock.monotonicMs());
  }

  compile(): Steps {
    return this.#steps;
  }

  neutral(request: PipelineRequest): void {
    write(request, verifySlot, nobodyLooked);
  }

  afterHeads(): void {
    if (this.#verifier.hasAsks) this.#ports.askNames(this.#verifier.takeAsks());
  }

  /** `verified` is true, false or unknown; `operator` is proven or, as long as `verified` is not true, merely claimed. */
  trace(request: PipelineRequest): readonly (readonly [string, string])[] {
    const { verified, reason, operator, category, signatureFault } = read(request, verifySlot);
    const lines: [string, string][] = [
      ['verified', String(verified ?? 'unknown')],
      ['identity', reason],
    ];
    if (operator !== null) lines.push(['operator', operator], ['category', String(category)]);
    if (signatureFault !== null) lines.push(['signature-fault', signatureFault]);
    return lines;
  }
}

/** `googlebot; category=search; by=names`: what an origin is told of a verified bot; null: it is none. */
function verifiedText({ verified, operator, category, reason }: BotIdentity): string | null {
  return verified === true ? `${operator}; category=${category}; by=${reason}` : null;
}
