export { Factory, type FactoryParts } from './factory.ts';
export type { CycleOutcome } from './features/featureCycle.ts';
export { HttpControl } from './publish/httpControl.ts';
export { ChdbWarehouse, chdbPaths } from './warehouse/chdbWarehouse.ts';
export { usersXml } from './warehouse/embeddedConfig.ts';
export { ServerWarehouse } from './warehouse/serverWarehouse.ts';
export { type Warehouse, WarehouseError } from './warehouse/warehouse.ts';
