export { BotVerifier, noClaim } from './botVerifier.ts';
export { directoryPath, readKeyDirectory } from './keyDirectory.ts';
export { verifiedLimits } from './limits.ts';
export { shippedOperators, withShipped } from './operators.ts';
export { readPublishedRanges } from './publishedRanges.ts';
export { RangeSet } from './rangeSet.ts';
export { reverseName } from './reverseName.ts';
