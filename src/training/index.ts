export { renderReport } from './renderReport.ts';
export { type OwnData, type TrainingOptions, type TrainingReport, trainModel } from './trainModel.ts';
