export { LoggedBots, readOperatorRanges } from './judge/operators.ts';
export type { ReplaySummary } from './judge/replaySummary.ts';
export { replayLimits } from './log/limits.ts';
export { type AccessLog, readAccessLog } from './log/readAccessLog.ts';
export type { ModelReport } from './page/evaluationSection.ts';
export { reportPage } from './page/reportPage.ts';
export { textSummary } from './page/textSummary.ts';
export { type ReplayInput, replayLog } from './replayLog.ts';
