export { ErrorReports } from '../counts/errorReports.ts';
export { CircuitGuard } from '../pipeline/guard.ts';
export type { Guard, Module, NeutralReason } from '../pipeline/module.ts';
export { EdgeWorker, type EdgeWorkerPorts, type SetSource } from './edgeWorker.ts';
