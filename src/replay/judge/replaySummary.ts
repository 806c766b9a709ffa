import type { ClientKind } from '../log/claimedClient.ts';
import type { LineFault } from '../log/combinedLine.ts';
import type { Standing } from './operators.ts';

/** What a replay found: the JSON of `holdfast model report --access-log`, and what the page is drawn from. */
export interface ReplaySummary {
  readonly schema: 1;
  readonly log: LogSummary;
  readonly model: { readonly name: string; readonly featuresKnown: number; readonly features: number };
  /** Requests by score; index 1 to 99. Index 0 counts those that have none. */
  readonly scores: readonly number[];
  /** Equal spans of time, oldest first. */
  readonly spans: readonly Span[];
  readonly spanMs: number;
  /** By claimed kind and family, most requests first. */
  readonly families: readonly FamilySummary[];
  readonly crawlers: readonly CrawlerSummary[];
  readonly clients: readonly ClientSummary[];
  readonly rules: readonly RuleSummary[];
}

export interface LogSummary {
  readonly file: string;
  readonly linesRead: number;
  readonly requests: number;
  readonly faults: Readonly<Partial<Record<LineFault, number>>>;
  readonly behindBound: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly clients: number;
  readonly siteHost: string;
  /** Whether published ranges were there to tell verified crawlers from impostors. */
  readonly hasRanges: boolean;
}

/** How scores are coloured and counted: a heuristic's 1, 2 to 29, 30 and above. */
export interface Bands {
  readonly named: number;
  readonly low: number;
  readonly high: number;
}

export interface Span extends Bands {
  readonly fromMs: number;
}

export interface FamilySummary extends Bands {
  readonly kind: ClientKind;
  readonly family: string;
  readonly requests: number;
  readonly clients: number;
  readonly medianScore: number | null;
  /** Requests in ten groups of scores, 1–9, 10–19 … 90–99. */
  readonly tenths: readonly number[];
}

export interface CrawlerSummary {
  readonly operator: string;
  readonly standing: Standing;
  readonly requests: number;
  readonly addresses: number;
  /** One of its addresses, the busiest. */
  readonly example: string;
}

export interface ClientSummary extends Bands {
  readonly address: string;
  readonly requests: number;
  readonly medianScore: number | null;
  readonly userAgent: string;
  readonly kind: ClientKind;
  readonly standing: Standing | null;
}

/** Who would be refused; `of` counts the group's requests. */
export interface RuleSummary {
  readonly name: string;
  readonly text: string;
  readonly blocked: number;
  readonly groups: readonly { readonly group: string; readonly of: number; readonly blocked: number }[];
}
