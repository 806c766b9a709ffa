import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { RequestHead } from '../../http/index.ts';
import { type ClaimedClient, type ClientKind, claimedClient, clientKinds } from '../log/claimedClient.ts';
import type { CombinedLine } from '../log/combinedLine.ts';
import { replayLimits } from '../log/limits.ts';
import type { Identity, LoggedBots, Standing } from './operators.ts';
import type {
  ClientSummary,
  CrawlerSummary,
  FamilySummary,
  ReplaySummary,
  RuleSummary,
  Span,
} from './replaySummary.ts';
import type { RuleTrial } from './ruleTrials.ts';
import { ScoreCounts } from './scoreCounts.ts';

/** One request of the log and what was said of it. */
export interface ReplayedRequest {
  readonly line: CombinedLine;
  readonly head: RequestHead;
  readonly verdict: BotVerdict;
}

interface Client {
  readonly claimed: ClaimedClient;
  readonly identity: Identity | null;
  readonly userAgent: string;
  readonly address: string;
  readonly scores: ScoreCounts;
}

interface Family {
  readonly claimed: ClaimedClient;
  readonly scores: ScoreCounts;
  readonly addresses: Set<string>;
}

interface Crawler {
  readonly identity: Identity;
  readonly addresses: Map<string, number>;
}

type Tallied = Pick<ReplaySummary, 'scores' | 'spans' | 'spanMs' | 'families' | 'crawlers' | 'clients' | 'rules'>;

const hourMs = 3_600_000;
const spanChoicesMs = [hourMs, 3 * hourMs, 6 * hourMs, 24 * hourMs, 7 * 24 * hourMs];

/** Counts a log's requests in one walk; memory is bounded by `replayLimits.clientsMax`. */
export class ReplayTally {
  readonly #trials: readonly RuleTrial[];
  readonly #bots: LoggedBots;
  readonly #fromMs: number;
  readonly #spanMs: number;
  readonly #scores = new ScoreCounts();
  readonly #spans: ScoreCounts[] = [];
  /** By address and user agent; above the bound the rest is left out of the table of clients. */
  readonly #clients = new Map<string, Client>();
  readonly #addresses = new Set<string>();
  readonly #families = new Map<string, Family>();
  readonly #crawlers = new Map<string, Crawler>();
  readonly #blocked: Map<string, { of: number; blocked: number }>[];

  constructor(fromMs: number, toMs: number, trials: readonly RuleTrial[], bots: LoggedBots) {
    this.#trials = trials;
    this.#bots = bots;
    this.#spanMs = spanChoicesMs.find((spanMs) => (toMs - fromMs) / spanMs < replayLimits.barsMax) ?? 7 * 24 * hourMs;
    this.#fromMs = Math.floor(fromMs / this.#spanMs) * this.#spanMs;
    this.#blocked = trials.map(() => new Map());
  }

  get clients(): number {
    return this.#addresses.size;
  }

  add({ line, head, verdict }: ReplayedRequest): void {
    const score = verdict.kind === 'scored' ? verdict.score : null;
    const client = this.#clientOf(line, head);
    const { claimed, identity } = client;
    this.#scores.add(score);
    client.scores.add(score);
    this.#spanOf(line.atMs).add(score);
    this.#familyOf(claimed, line.clientAddress).scores.add(score);
    if (identity !== null) this.#noteCrawler(identity, line.clientAddress);
    const isVerified = identity?.standing === 'verified';
    const judged: BotVerdict = verdict.kind === 'scored' ? { ...verdict, verified: isVerified } : verdict;
    for (const [index, { rules }] of this.#trials.entries()) {
      const isBlocked = rules.decide(head, judged).action === 'block';
      const groups = this.#blocked[index]!;
      const name = groupOf(claimed.kind, identity?.standing ?? null);
      const group = groups.get(name) ?? { of: 0, blocked: 0 };
      groups.set(name, { of: group.of + 1, blocked: group.blocked + (isBlocked ? 1 : 0) });
    }
  }

  summary(): Tallied {
    return {
      scores: [...this.#scores.counts],
      spanMs: this.#spanMs,
      spans: this.#spanSummaries(),
      families: this.#familySummaries(),
      crawlers: this.#crawlerSummaries(),
      clients: this.#clientSummaries(),
      rules: this.#ruleSummaries(),
    };
  }

  #clientOf(line: CombinedLine, head: RequestHead): Client {
    const key = `${line.clientAddress} ${line.userAgent ?? ''}`;
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const client: Client = {
      claimed: claimedClient(line.userAgent),
      identity: this.#bots.identify(head),
      userAgent: line.userAgent ?? '',
      address: line.clientAddress,
      scores: new ScoreCounts(),
    };
    if (this.#clients.size < replayLimits.clientsMax) this.#clients.set(key, client);
    if (this.#addresses.size < replayLimits.clientsMax) this.#addresses.add(line.clientAddress);
    return client;
  }

  #spanOf(atMs: number): ScoreCounts {
    const index = Math.min(Math.floor((atMs - this.#fromMs) / this.#spanMs), replayLimits.barsMax);
    while (this.#spans.length <= index) this.#spans.push(new ScoreCounts());
    return this.#spans[index]!;
  }

  #familyOf(claimed: ClaimedClient, address: string): Family {
    const key = `${claimed.kind} ${claimed.family}`;
    // Names come from strangers: beyond the bound they share one row of their kind.
    const bounded =
      this.#families.has(key) || this.#families.size < 1_000 ? claimed : { kind: claimed.kind, family: '(others)' };
    const boundedKey = `${bounded.kind} ${bounded.family}`;
    const family = this.#families.get(boundedKey) ?? {
      claimed: bounded,
      scores: new ScoreCounts(),
      addresses: new Set(),
    };
    this.#families.set(boundedKey, family);
    if (family.addresses.size < replayLimits.clientsMax) family.addresses.add(address);
    return family;
  }

  #noteCrawler(identity: Identity, address: string): void {
    const key = `${identity.operator} ${identity.standing}`;
    const crawler = this.#crawlers.get(key) ?? { identity, addresses: new Map<string, number>() };
    this.#crawlers.set(key, crawler);
    crawler.addresses.set(address, (crawler.addresses.get(address) ?? 0) + 1);
  }

  #spanSummaries(): Span[] {
    return this.#spans.map((scores, index) => ({ fromMs: this.#fromMs + index * this.#spanMs, ...scores.bands }));
  }

  #familySummaries(): FamilySummary[] {
    return [...this.#families.values()]
      .map(({ claimed, scores, addresses }) => ({
        ...claimed,
        requests: scores.total,
        clients: addresses.size,
        medianScore: scores.median,
        tenths: scores.tenths,
        ...scores.bands,
      }))
      .sort((one, other) => other.requests - one.requests)
      .slice(0, replayLimits.rowsMax * 2)
      .sort((one, other) => clientKinds.indexOf(one.kind) - clientKinds.indexOf(other.kind));
  }

  #crawlerSummaries(): CrawlerSummary[] {
    return [...this.#crawlers.values()]
      .map(({ identity, addresses }) => ({
        ...identity,
        requests: [...addresses.values()].reduce((sum, count) => sum + count, 0),
        addresses: addresses.size,
        example: [...addresses].sort((one, other) => other[1] - one[1])[0]![0],
      }))
      .sort((one, other) => one.operator.localeCompare(other.operator) || other.requests - one.requests);
  }

  #clientSummaries(): ClientSummary[] {
    return [...this.#clients.values()]
      .map((client) => ({ client, requests: client.scores.total }))
      .sort((one, other) => other.requests - one.requests)
      .slice(0, replayLimits.rowsMax)
      .map(({ client: { address, claimed, identity, scores, userAgent }, requests }) => ({
        address,
        requests,
        medianScore: scores.median,
        userAgent: userAgent.slice(0, 200),
        kind: claimed.kind,
        standing: identity?.standing ?? null,
        ...scores.bands,
      }));
  }

  #ruleSummaries(): RuleSummary[] {
    return this.#trials.map(({ name, text }, index) => {
      const groups = this.#blocked[index]!;
      const listed = ruleGroups.flatMap((group) => {
        const counts = groups.get(group);
        return counts === undefined ? [] : [{ group, ...counts }];
      });
      return { name, text, blocked: listed.reduce((sum, { blocked }) => sum + blocked, 0), groups: listed };
    });
  }
}

/** Who a rule set may hit, in the order of the table. */
const ruleGroups = [
  'browsers',
  'feed readers',
  'verified crawlers',
  'impostors',
  'crawlers, unverified',
  'tools',
  'other programs',
] as const;

function groupOf(kind: ClientKind, standing: Standing | null): (typeof ruleGroups)[number] {
  if (standing === 'verified') return 'verified crawlers';
  if (standing === 'impostor') return 'impostors';
  switch (kind) {
    case 'browser':
      return 'browsers';
    case 'feed reader':
      return 'feed readers';
    case 'crawler':
      return 'crawlers, unverified';
    case 'tool':
      return 'tools';
    case 'other program':
      return 'other programs';
  }
}
