import type { FeatureDefinition } from '../contract/featureFile.ts';
import type { Finding } from '../contract/finding.ts';
import type { Site } from '../contract/sitesFile.ts';
import type { Result } from '../kernel/result.ts';

/* The doors of bots and rules that validation asks, found at run time while those folders are being built. */

interface Bots {
  checkFeatureDefinition(definition: FeatureDefinition): Finding[];
}
interface Rules {
  compileRules(site: Site): Result<unknown, Finding[]>;
  findBlocksWhenAbsent(site: Site): Finding[];
}

const bots = (await import(`../bots/${'index'}.ts`).catch(() => undefined)) as Bots | undefined;
const rules = (await import(`../rules/${'index'}.ts`).catch(() => undefined)) as Rules | undefined;

export const checkFeatureDefinition = bots?.checkFeatureDefinition ?? (() => []);
export const compileRules = rules?.compileRules ?? (() => ({ ok: true as const, value: undefined }));
export const findBlocksWhenAbsent = rules?.findBlocksWhenAbsent ?? (() => []);
