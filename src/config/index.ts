export { parseOrigin } from '../siteKeys/index.ts';
export { parseListen } from './addresses.ts';
export { configLimits } from './configLimits.ts';
export { fileKeys, fileShape } from './fileKeys.ts';
export { type ConfigProblem, configDefaults, type HoldfastConfig } from './holdfastConfig.ts';
export { readConfig, readConfigBytes } from './readConfig.ts';
export { sitesForOrigin } from './sitesForOrigin.ts';
