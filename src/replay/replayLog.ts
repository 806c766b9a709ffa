import type { BotJudge } from '../bots/index.ts';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import { LogJudge } from './judge/logJudge.ts';
import { knownOfLog } from './judge/logKnowledge.ts';
import type { LoggedBots } from './judge/operators.ts';
import type { ReplaySummary } from './judge/replaySummary.ts';
import { ReplayTally } from './judge/replayTally.ts';
import { ruleTrials } from './judge/ruleTrials.ts';
import { commonestHost, headOfLine } from './log/headOfLine.ts';
import type { AccessLog } from './log/readAccessLog.ts';

export interface ReplayInput {
  readonly file: string;
  readonly log: AccessLog;
  readonly features: FeatureFile;
  readonly judge: BotJudge;
  readonly bots: LoggedBots;
  readonly hasRanges: boolean;
  /** Host of the site; undefined: the one that the Referers name most. */
  readonly siteHost: string | undefined;
}

/**
 * Lets the scoring code judge a log, whose own times are the clock: rates and pauses are the visitors', however fast it
 * goes. `log.lines` holds one line at least.
 */
export function replayLog(input: ReplayInput): ReplaySummary {
  const { log, features, judge } = input;
  const siteHost = input.siteHost ?? commonestHost(log.lines);
  const fromMs = log.lines[0]!.atMs;
  const toMs = log.lines.at(-1)!.atMs;
  const logJudge = new LogJudge(judge, features);
  const tally = new ReplayTally(fromMs, toMs, ruleTrials(), input.bots);
  for (const line of log.lines) {
    const head = headOfLine(line, siteHost);
    tally.add({ line, head, verdict: logJudge.judge(head, line.status, line.atMs - fromMs) });
  }
  return summaryOf(input, tally, siteHost);
}

function summaryOf(
  { file, log, features, judge, hasRanges }: ReplayInput,
  tally: ReplayTally,
  siteHost: string,
): ReplaySummary {
  return {
    schema: 1,
    log: {
      file,
      linesRead: log.linesRead,
      requests: log.lines.length,
      faults: log.faults,
      behindBound: log.behindBound,
      fromMs: log.lines[0]!.atMs,
      toMs: log.lines.at(-1)!.atMs,
      clients: tally.clients,
      siteHost,
      hasRanges,
    },
    model: {
      name: judge.model?.name ?? '',
      features: features.features.length,
      featuresKnown: knownOfLog(features).filter(Boolean).length,
    },
    ...tally.summary(),
  };
}
