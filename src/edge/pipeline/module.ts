import type { BotJudge, Model } from '../../bots/index.ts';
import type { SiteSettings } from '../../bundles/index.ts';
import type { Site } from '../../contract/kinds/sitesFile.ts';
import type { Switch } from '../../contract/kinds/switchesFile.ts';
import type { OwnError } from '../../contract/reasons/answerReasons.ts';
import type { BotOperator } from '../../contract/verifiedBots.ts';
import type { RequestHead } from '../../http/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { ListedAddress } from '../../lists/index.ts';
import type { ModuleDeclaration } from '../../modules/row/declaration.ts';
import type { RateSecret } from '../../rates/index.ts';
import type { CompiledRules } from '../../rules/index.ts';
import type { ResponseHead } from '../exchange/bodies.ts';
import type { ConnectionFacts } from '../exchange/connectionFacts.ts';
import type { FetchFromOrigin } from '../exchange/fetch.ts';
import type { PeerTopic } from '../peers/index.ts';
import type { BodyTransform } from './bodyTransform.ts';
import type { OriginHead } from './originHead.ts';
import type { RequestBodyWatch } from './requestBody.ts';
import type { HasSlots, Slot } from './slot.ts';
import type { Again, Step } from './step.ts';

/** Why a module's neutral answer stands in for its own. */
export type NeutralReason = 'killed' | 'module-failed' | 'circuit-open';

/** A request as modules see it. What they find out about it lies in their slots. */
export interface PipelineRequest extends HasSlots {
  readonly head: RequestHead;
  readonly connection: ConnectionFacts;
  /** What lists say of the visitor's address, when somebody asks. */
  readonly address: ListedAddress;
  readonly hasBody: boolean;
  /** Asked of the edge itself (`/.holdfast/`): judged like every other one, and nothing acts on it. */
  readonly isForEdge: boolean;
  /** On the monotonic clock. */
  readonly startedMs: number;
  /** The same moment since 1970. */
  readonly startedWallMs: number;
}

/** How a request was answered in the end; lent until the call ends. */
export interface Answered {
  /** 499: the visitor left before. */
  readonly status: number;
  /** The origin's answer sets a cookie. */
  readonly setsCookie: boolean;
  /** On the monotonic clock. */
  readonly nowMs: number;
}

/** A site, as far as modules are compiled for it. */
export interface SiteOnPath {
  readonly name: string;
  /** What its file says; a module settles what it reads of it with the key's row. */
  readonly said: Site;
  readonly settings: SiteSettings;
  readonly rules: CompiledRules;
}

/** What of the active set modules are compiled with. */
export interface SetOnPath {
  readonly judge: Pick<BotJudge, 'judgeNext' | 'release'>;
  readonly shadow: Model | undefined;
  /** undefined while no switch is thrown, which spares every rule the question. */
  readonly isKilled: ((name: Switch) => boolean) | undefined;
}

/** What a worker gives its modules, once. */
export interface ModulePorts {
  readonly clock: Clock;
  /** Keeps strangers from choosing what stands in each other's way in tables. */
  readonly seed: number;
  /** The same in all workers of the edge, and known to nobody else. */
  readonly secret: RateSecret;
  readonly botOperators: readonly BotOperator[];
  /** Has the names of addresses looked up; the answers come later. */
  readonly askNames: (addresses: readonly string[]) => void;
  /** What a module says under a name that it declares, of any request; undefined: it does not know. */
  readonly fieldOf: (name: string, request: PipelineRequest) => unknown;
  /** Asks an origin without a visitor. */
  readonly fetch: FetchFromOrigin;
}

/**
 * The second half of a module's row: one instance per worker, which holds what outlives requests. The guard is the only one who
 * calls its steps; a module itself neither catches nor counts.
 */
export interface Module {
  readonly declaration: ModuleDeclaration;
  /** Where its state of a request lies; left away where it keeps none. */
  readonly slot?: Slot<unknown>;
  /** Leaves in its slot what stands in for its answer. Must not throw. */
  neutral?(request: PipelineRequest, reason: NeutralReason): void;
  /**
   * Its steps for one site, made once per site and active set; without a site: for what is asked of the edge itself.
   * undefined: this site has nothing of it, and it is not in the site's path.
   */
  compile(set: SetOnPath, site: SiteOnPath | undefined): Steps | undefined;
  /** What the workers of an edge tell each other of it. */
  readonly topics?: readonly PeerTopic[];
  /** Behind each batch of heads. */
  afterHeads?(): void;
  /** Lines of the trace, out of the declared ones. */
  trace?(request: PipelineRequest): readonly (readonly [name: string, value: string | number])[];
  /** What rules read under the declared names; undefined: unknown. */
  readonly fields?: Readonly<Record<string, (request: PipelineRequest) => unknown>>;
  /** What the log stores in the declared columns; left away: the column's own zero. */
  columns?(request: PipelineRequest): Readonly<Record<string, string | number>>;
}

/**
 * The steps of a module for one site. All are synchronous and bounded: a hang ends with the supervisor killing the worker;
 * what has to wait says so (`Waiting`).
 */
export interface Steps {
  /** Asked for all requests of a batch before the next module is, because what it reads is in the processor's caches then. */
  head?(request: PipelineRequest): Step | undefined;
  /** How it looks at the request's body; undefined: it does not. */
  requestBody?(request: PipelineRequest): RequestBodyWatch | undefined;
  /** The head on its way to the origin. */
  originHead?(request: PipelineRequest, head: OriginHead): void;
  /** Instead of the origin: one module only. Whoever serves many readers with one fetch lives here, and waits for it. */
  serve?(request: PipelineRequest): Step | undefined;
  /** The origin gave no answer, and nothing was sent yet. Asked of those last on the path first. */
  noAnswer?(request: PipelineRequest, error: OwnError): Exclude<Step, { kind: 'wait' }> | Again | undefined;
  /** Another head in the place of the answer's; undefined: it stays. */
  answerHead?(request: PipelineRequest, answer: ResponseHead): ResponseHead | undefined;
  /** What changes the answer's body, or only looks at it; undefined: it passes. */
  answerBody?(request: PipelineRequest, answer: ResponseHead): BodyTransform | undefined;
  /** Once per request that was answered or left, before it is logged. */
  record?(request: PipelineRequest, answered: Answered): void;
  /** Behind the log: what it held of the request may serve others. Must not throw. */
  release?(request: PipelineRequest): void;
  /** For `stale`: its last answer, when it failed. */
  lastAnswer?(request: PipelineRequest): Exclude<Step, { kind: 'wait' }> | undefined;
}
