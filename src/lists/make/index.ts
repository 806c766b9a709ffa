export { type Interval, intervalOfNetwork, intervalOfRange } from './intervals.ts';
export { makeLimits } from './makeLimits.ts';
export { type AsnRange, type CountryRange, type ListsInput, type MadeLists, makeLists } from './makeLists.ts';
export { readMmdb } from './readMmdb.ts';
export { readRanges } from './readRanges.ts';
export { readTable, type TableRanges } from './readTable.ts';
