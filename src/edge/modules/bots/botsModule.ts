import { ClientWindows, noSeat } from '../../../bots/index.ts';
import { scoreHeader } from '../../../contract/trace.ts';
import { botsDeclaration } from '../../../modules/bots/botsDeclaration.ts';
import { ClientsTopic, type PeerTopic } from '../../peers/index.ts';
import type { Module, ModulePorts, NeutralReason, PipelineRequest, SetOnPath, Steps } from '../../pipeline/module.ts';
import { read, write } from '../../pipeline/slot.ts';
import { verifySlot } from '../verify/verifySlot.ts';
import { botsSlot } from './botsSlot.ts';

/** Scores the request. Fails open: the score is absent, which is not a low score and matches no rule. */
export class BotsModule implements Module {
  readonly declaration = botsDeclaration;
  readonly slot = botsSlot;
  /** What the clients did, here and at the workers beside this one. */
  readonly windows: ClientWindows;
  readonly topics: readonly PeerTopic[];
  #compiled: { readonly judge: SetOnPath['judge']; readonly steps: Steps } | undefined;

  constructor({ seed }: Pick<ModulePorts, 'seed'>) {
    this.windows = new ClientWindows({ seed });
    this.topics = [new ClientsTopic(this.windows)];
  }

  compile({ judge }: SetOnPath): Steps {
    // All sites of a set are scored alike.
    if (this.#compiled?.judge !== judge) this.#compiled = { judge, steps: this.#stepsWith(judge) };
    return this.#compiled.steps;
  }

  #stepsWith(judge: SetOnPath['judge']): Steps {
    const { windows } = this;
    return {
      head: (request) => {
        const { head, startedMs, address } = request;
        const identity = read(request, verifySlot);
        const verdict = judge.judgeNext(head, windows, startedMs, { identity, address });
        // Who it is was found apart from the score, and stays known without it.
        const whole = verdict.kind === 'absent' ? { ...verdict, identity } : verdict;
        write(request, botsSlot, { verdict: whole, seat: windows.seat });
        return undefined;
      },
      originHead: (request, head) => {
        const { verdict } = read(request, botsSlot);
        if (verdict.kind === 'scored') head.add(scoreHeader, String(verdict.score));
      },
      record: (request, { status, setsCookie, nowMs }) => {
        const { verdict, seat } = read(request, botsSlot);
        if (verdict.kind === 'scored') windows.recordAnswer(request.head, { status, setsCookie }, nowMs, seat);
      },
      release: (request) => judge.release(read(request, botsSlot).verdict),
    };
  }

  neutral(request: PipelineRequest, reason: NeutralReason): void {
    write(request, botsSlot, {
      verdict: { kind: 'absent', reason, identity: read(request, verifySlot) },
      seat: noSeat,
    });
  }

  trace(request: PipelineRequest): readonly (readonly [string, string | number])[] {
    const { verdict } = read(request, botsSlot);
    if (verdict.kind === 'absent') {
      return [
        ['score', 'absent'],
        ['absent', verdict.reason],
      ];
    }
    return [
      ['score', verdict.score],
      ['source', verdict.source],
      ['heuristics', verdict.heuristics.join(',')],
    ];
  }
}
