import { rulesDeclaration } from '../../../modules/rules/rulesDeclaration.ts';
import type { FieldReader } from '../../../rules/index.ts';
import { ownAnswer } from '../../exchange/ownAnswer.ts';
import type { Module, ModulePorts, PipelineRequest, SetOnPath, SiteOnPath, Steps } from '../../pipeline/module.ts';
import { read, write } from '../../pipeline/slot.ts';
import { botsSlot } from '../bots/botsSlot.ts';
import { passed, rulesSlot } from './rulesSlot.ts';

/** Lets the site's rules decide. Fails open: the request passes, as if the site had no rules. */
export class RulesModule implements Module {
  readonly declaration = rulesDeclaration;
  readonly slot = rulesSlot;
  /** Asked while a request is decided. */
  readonly #read: FieldReader;
  #deciding: PipelineRequest | undefined;

  constructor({ fieldOf }: Pick<ModulePorts, 'fieldOf'>) {
    this.#read = (name) => fieldOf(name, this.#deciding!) as ReturnType<FieldReader>;
  }

  compile({ isKilled }: SetOnPath, site: SiteOnPath | undefined): Steps | undefined {
    if (site === undefined || site.rules.isEmpty) return undefined;
    const { rules } = site;
    return {
      head: (request) => {
        this.#deciding = request;
        const { verdict } = read(request, botsSlot);
        const outcome = rules.decide(request.head, verdict, isKilled, request.address, this.#read);
        write(request, rulesSlot, outcome);
        if (outcome.action !== 'block') return undefined;
        return { kind: 'answer', ...ownAnswer(outcome.status, outcome.body, 'blocked'), why: 'blocked' };
      },
    };
  }

  neutral(request: PipelineRequest): void {
    write(request, rulesSlot, passed);
  }

  trace(request: PipelineRequest): readonly (readonly [string, string | number])[] {
    const { action, rule, logged, dry, unknowns } = read(request, rulesSlot);
    const lines: [string, string | number][] = [['action', action]];
    if (rule !== null) lines.push(['rule', rule]);
    if (logged.length > 0) lines.push(['logged', logged.join(',')]);
    if (dry.length > 0) lines.push(['dry', dry.join(',')]);
    return [...lines, ['unknowns', unknowns]];
  }
}
