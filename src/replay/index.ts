export { replayLimits } from './limits.ts';
export { LoggedBots, readOperatorRanges } from './operators.ts';
export type { ModelReport } from './page/evaluationSection.ts';
export { reportPage } from './page/reportPage.ts';
export { textSummary } from './page/textSummary.ts';
export { type AccessLog, readAccessLog } from './readAccessLog.ts';
export { type ReplayInput, replayLog } from './replayLog.ts';
export type { ReplaySummary } from './replaySummary.ts';
