export { renderReport } from './renderReport.ts';
export { type TrainingOptions, type TrainingReport, trainModel } from './trainModel.ts';
