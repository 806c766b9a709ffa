import { requestHead } from '../../../http/index.ts';
import { unlisted } from '../../../lists/index.ts';
import { type ModuleName, moduleNames } from '../../../modules/all.ts';
import type { ModuleDeclaration } from '../../../modules/row/declaration.ts';
import type { OnItsWay } from '../headRunner.ts';
import type { Module, NeutralReason, SetOnPath, SiteOnPath, Steps } from '../module.ts';
import { emptyPath } from '../sitePath.ts';
import { untouchedSlots } from '../slot.ts';

/** A module made for a test: what it does is given, and what stood in for it is kept. */
export class MadeModule implements Module {
  readonly declaration: ModuleDeclaration;
  readonly stoodIn: NeutralReason[] = [];
  readonly #steps: Steps;

  constructor(steps: Steps, declaration: Partial<ModuleDeclaration> = {}) {
    this.#steps = steps;
    this.declaration = { ...ordinary, ...declaration };
  }

  compile(_set: SetOnPath, _site: SiteOnPath | undefined): Steps {
    return this.#steps;
  }

  neutral(_: unknown, reason: NeutralReason): void {
    this.stoodIn.push(reason);
  }
}

const ordinary: ModuleDeclaration = {
  name: 'trial',
  says: 'Is tried.',
  phases: ['head'],
  failure: { before: 'open', afterFirstByte: 'leave-out' },
  neutral: 'Nothing.',
};

/** A set without anything in it. */
export const madeSet: SetOnPath = {
  judge: { judgeNext: () => ({ kind: 'absent', reason: 'no-features' }), release() {} },
  shadow: undefined,
  isKilled: undefined,
};

/** A request on its way, with what a test says of it. */
export function madeRequest(said: Partial<OnItsWay> = {}): OnItsWay {
  const parts = { method: 'GET', target: '/', version: '1.1', rawHeaders: ['Host', 'a'], scheme: 'http' } as const;
  return {
    head: requestHead({ ...parts, clientAddress: '192.0.2.1' }),
    connection: { peerAddress: '192.0.2.1', scheme: 'http', ja4: undefined, http2: undefined },
    address: unlisted,
    hasBody: false,
    isForEdge: false,
    startedMs: 0,
    startedWallMs: 0,
    slots: untouchedSlots([]).slice(),
    path: emptyPath,
    step: undefined,
    isClosed: false,
    headsPassed: 0,
    ...said,
  };
}

/** A declared module's name, for what has to have one. */
export const anyModuleName: ModuleName = moduleNames[0]!;
