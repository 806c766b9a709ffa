export { KeyHash, type RateSecret } from './keyHash.ts';
export { rateLimits } from './limits.ts';
export { type RateFields, type RateVerdict, rateFields } from './rateFields.ts';
export { type RateKey, type RateKeyKind, type RateSubject, rateKeyKinds, readRateKey } from './rateKeys.ts';
export { compileLimit, type RateLimit, type RatePeriod, type RateSpec, ratePeriodsMs } from './rateLimit.ts';
export { HeardNews, newsBytes, newsHeadBytes } from './rateNews.ts';
export { Rates, type RatesOptions } from './rates.ts';
