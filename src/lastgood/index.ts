export { lastGoodFaultPoints } from './faultPoints.ts';
export { emptyState, groupOf, type LastGoodState, pick, without } from './lastGoodState.ts';
export { type LastGoodOptions, LastGoodStore } from './lastGoodStore.ts';
export type { LoadedSet, ShippedPayloads, StartingSet } from './loadedSet.ts';
export { LocalSwitches } from './localSwitches.ts';
export { type LastGood, openLastGood } from './openLastGood.ts';
export { removeEmptySpillFolder } from './spillFolder.ts';
export { addLocalTrust, type ReadTrust, readTrust } from './trustFile.ts';
