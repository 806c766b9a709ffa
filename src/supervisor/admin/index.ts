export { type AdminSource, adminPaths } from './adminAnswer.ts';
export { openAdmin } from './openAdmin.ts';
