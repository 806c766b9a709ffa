export { type Interval, intervalOfNetwork, intervalOfRange } from './intervals.ts';
export { type AsnRange, type CountryRange, type ListsInput, type MadeLists, makeLists } from './makeLists.ts';
