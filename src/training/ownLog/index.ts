export { compareModels, faultsOf, type OwnEvaluation, type Verdicts } from './compareModels.ts';
export { lackOf, type OwnRows, ownRows } from './ownRows.ts';
export { type AskLog, readOwnLog } from './readOwnLog.ts';
