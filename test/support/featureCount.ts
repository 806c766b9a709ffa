import { readFileSync } from 'node:fs';

/** How many features the software ships with. */
export const featureCount: number = JSON.parse(
  readFileSync(new URL('../../shipped/features.json', import.meta.url), 'utf8'),
).features.length;
