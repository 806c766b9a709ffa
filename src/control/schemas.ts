import { z } from 'zod';
import { versionMax } from '../bundles/index.ts';
import { bundleKinds } from '../contract/bundleKind.ts';
import { controlLimits } from './limits.ts';

/*
 * What comes in and goes out, once for checking and once for /openapi.json. Words of closed lists that a newer edge may
 * extend (reasons, rejections) are checked as short words, so that a fleet of two versions can still report.
 */

export const kindSchema = z.enum(bundleKinds);
export const edgeNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const versionSchema = z.int().min(0).max(versionMax);
const word = z.string().regex(/^[a-z0-9-]{1,64}$/);
const place = z.string().min(1).max(controlLimits.placeCharsMax);
const count = z.number().min(0);

export const findingSchema = z.object({
  reason: word,
  message: z.string().max(4_096),
  names: z.array(z.string().max(300)).max(250).optional(),
  value: z.number().optional(),
  limit: z.number().optional(),
});
const findings = z.array(findingSchema).max(100);

export const versionsSchema = z.partialRecord(kindSchema, versionSchema);

const bundleReportSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ack'), kind: kindSchema, version: versionSchema }),
  z.object({ outcome: z.literal('nack'), kind: kindSchema, version: versionSchema, findings }),
]);

const workerHealthSchema = z.object({
  requests: count,
  status5xxOwn: count,
  upstreamFailures: count,
  refusals: count,
  moduleFailures: count,
  circuitOpenings: count.optional(),
  logRecordsDropped: count,
  rejected: z.record(z.string().max(64), count),
  latencyP99Ms: count,
  rssBytes: count,
});

export const edgeReportSchema = z.object({
  versions: versionsSchema,
  bundles: z.array(bundleReportSchema).max(100),
  workers: z.array(z.object({ slot: z.int().min(0).max(4_096), health: workerHealthSchema })).max(512),
  localKilled: z.array(z.string().max(400)).max(1_000),
});

export const refusalReportSchema = z.object({ where: place, findings: findings.min(1) });
export const rollbackSchema = z.strictObject({ version: versionSchema });
const switchName = z.string().min(1).max(400);
export const switchChangeSchema = z.union([
  z.strictObject({ kill: switchName }),
  z.strictObject({ unkill: switchName }),
]);

export const wantedSchema = z.object({ versions: versionsSchema });
export const publishedSchema = z.object({ kind: kindSchema, version: versionSchema, sha256: z.string() });
export const switchesSchema = z.object({ killed: z.array(z.string()), version: versionSchema });
export const apiErrorSchema = z.object({ error: word, help: z.string(), findings: findings.optional() });
const millis = z.number();
export const kindStatusSchema = z.object({
  kind: kindSchema,
  latest: versionSchema,
  latestSha256: z.string().nullable(),
  next: versionSchema,
  frozen: z.boolean(),
  history: z.array(z.object({ version: versionSchema, madeAtMs: millis, sha256: z.string(), note: z.string() })),
  refusals: z.array(z.object({ version: versionSchema.nullable(), where: place, atMs: millis, findings })),
});
export const edgeStatusSchema = z.object({ edge: edgeNameSchema, lastSeenMs: millis, report: edgeReportSchema });
export const auditRowSchema = z.object({ atMs: millis, who: z.string(), action: z.string(), detail: z.string() });
