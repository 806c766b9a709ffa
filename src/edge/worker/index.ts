export { ErrorReports } from '../counts/errorReports.ts';
export { Guard } from '../pipeline/guard.ts';
export type { Module } from '../pipeline/module.ts';
export { EdgeWorker, type EdgeWorkerPorts, type SetSource } from './edgeWorker.ts';
