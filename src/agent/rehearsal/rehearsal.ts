import {
  BotJudge,
  type ClientWindow,
  ClientWindows,
  compileFeatures,
  compileModel,
  compileSignals,
} from '../../bots/index.ts';
import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { Finding } from '../../contract/finding.ts';
import type { FeatureFile } from '../../contract/kinds/featureFile.ts';
import type { ListsFile } from '../../contract/kinds/listsFile.ts';
import type { ModelFile } from '../../contract/kinds/modelFile.ts';
import type { SignalsFile } from '../../contract/kinds/signalsFile.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import { AddressLists, unlisted } from '../../lists/index.ts';
import { rehearsalLimits } from './limits.ts';
import { RehearsalTimes } from './rehearsalTimes.ts';

/** One set of what judges requests. */
export interface JudgeFiles {
  readonly lists?: ListsFile | undefined;
  readonly features?: FeatureFile | undefined;
  readonly model?: ModelFile | undefined;
  readonly signals?: SignalsFile | undefined;
}

/** Milliseconds between two rehearsed requests; real ones come as they come, and windows only need some time to pass. */
const stepMs = 20;

/**
 * Scores this edge's recent requests and the adversarial ones with old and new side by side. `real` heads alone decide
 * on shifts; the others must only be survived.
 */
export function rehearseJudges(
  old: JudgeFiles,
  next: JudgeFiles,
  real: readonly RequestHead[],
  adversarial: readonly RequestHead[],
  acceptShift: boolean,
  nowMs: () => number,
): Finding[] {
  try {
    const judge = compileJudge(next);
    const before = compileJudge(old);
    const windows = new ClientWindows({ clientsMax: 256 });
    const times = new RehearsalTimes(nowMs);
    const pairs: ScorePair[] = [];
    for (const [index, head] of [...adversarial, ...real].entries()) {
      const window = windows.observe(head, index * stepMs);
      const verdict = times.time(() => judge(head, window));
      const pair = scorePair(before(head, window), verdict);
      if (index >= adversarial.length && pair !== undefined) pairs.push(pair);
    }
    return [...times.findings('Scoring one request'), ...(acceptShift ? [] : shiftFindings(pairs))];
  } catch (error) {
    return [{ reason: 'rehearsal-threw', message: `Scoring a request of the rehearsal failed: ${said(error)}` }];
  }
}

interface ScorePair {
  readonly before: number;
  readonly after: number;
}

/** What the scores of the same requests, before and after, have against the new set. */
export function shiftFindings(pairs: readonly ScorePair[]): Finding[] {
  const { shiftHeadsMin, shiftMeanMax, fallHeadsMin, fallShareMax } = rehearsalLimits;
  const findings: Finding[] = [];
  const mean = pairs.reduce((sum, { before, after }) => sum + Math.abs(after - before), 0) / Math.max(pairs.length, 1);
  if (pairs.length >= shiftHeadsMin && mean > shiftMeanMax) {
    const message = `Scores of ${pairs.length} recent requests would move by ${mean.toFixed(1)} points on average; more than ${shiftMeanMax} is taken only from a bundle that says acceptShift.`;
    findings.push({ reason: 'rehearsal-score-shift', message, value: mean, limit: shiftMeanMax });
  }
  const human = 30;
  const share =
    pairs.filter(({ before, after }) => before >= human && after < human).length / Math.max(pairs.length, 1);
  if (pairs.length >= fallHeadsMin && share > fallShareMax) {
    const message = `${(share * 100).toFixed(0)} % of ${pairs.length} recent requests would fall from likely human (${human} and up) to likely automated; more than ${fallShareMax * 100} % is taken only from a bundle that says acceptShift.`;
    findings.push({ reason: 'rehearsal-score-shift', message, value: share, limit: fallShareMax });
  }
  return findings;
}

function compileJudge({ lists: listsFile, features, model, signals }: JudgeFiles) {
  const set = features === undefined ? undefined : compileFeatures(features);
  const forest = set === undefined || model === undefined ? undefined : compileModel(model, set);
  const judge = new BotJudge(set, forest, signals === undefined ? undefined : compileSignals(signals));
  const lists = listsFile && new AddressLists(listsFile);
  return (head: RequestHead, window: ClientWindow) =>
    judge.judge(head, window, { address: lists?.of(head.clientAddress) ?? unlisted });
}

function scorePair(before: BotVerdict, after: BotVerdict): ScorePair | undefined {
  if (before.kind !== 'scored' || after.kind !== 'scored') return undefined;
  return { before: before.score, after: after.score };
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
