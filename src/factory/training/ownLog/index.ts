export type { OwnEvaluation, Verdicts } from './compareModels.ts';
export type { OwnLogWindow } from './ownLogQuery.ts';
export { lackOf, type OwnRows, ownRows } from './ownRows.ts';
export { type AskLog, type OwnLog, ownLogLimits, readOwnLog } from './readOwnLog.ts';
export { type WeakReason, weakReasons } from './weakLabel.ts';
