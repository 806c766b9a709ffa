export { type DrillSession, readDrillSessions } from './drillSession.ts';
export { type November18Options, november18 } from './november18.ts';
export { type DrillReport, drillMinimum } from './report.ts';
export type { DrillStage, ListedRefusal, Offer } from './stage.ts';
