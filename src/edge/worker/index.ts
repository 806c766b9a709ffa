export { ErrorReports } from '../modules/errorReports.ts';
export { CircuitGuard } from '../modules/guard.ts';
export type { Guard, Module, NeutralReason } from '../modules/module.ts';
export { EdgeWorker, type EdgeWorkerPorts, type SetSource } from './edgeWorker.ts';
