import { z } from 'zod';
import { versionMax } from '../bundles/index.ts';
import { bundleKinds } from '../contract/bundleKind.ts';
import type {
  ApiError,
  AuditRow,
  EdgeReport,
  EdgeStatus,
  KindStatus,
  Published,
  RefusalReport,
  RollbackRequest,
  SwitchChange,
  SwitchesStatus,
  Wanted,
} from '../contract/controlApi.ts';
import type { Finding, RefusalReason } from '../contract/finding.ts';
import type { Switch } from '../contract/kinds/switchesFile.ts';
import { controlLimits } from './limits.ts';
import { stated } from './stated.ts';

/*
 * What comes in and goes out, once for checking and once for /openapi.json. The contract states the shapes; here stand the
 * bounds, and the compiler holds each schema to its shape.
 */

/**
 * A word of a closed list that a newer edge may extend is checked as a short text, so that a fleet of two versions can
 * still report. Whoever acts on it asks whether it knows the word.
 */
const openWord = <Word extends string>(schema: z.ZodString) => schema as unknown as z.ZodType<Word, Word>;

const kind = z.enum(bundleKinds);
export const edgeNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const version = z.int().min(0).max(versionMax);
const word = z.string().regex(/^[a-z0-9-]{1,64}$/);
const place = z.string().min(1).max(controlLimits.placeCharsMax);
const count = z.number().min(0);
const millis = z.number();

const finding = stated<Finding>()(
  z.object({
    reason: openWord<RefusalReason>(word),
    message: z.string().max(4_096),
    names: z.array(z.string().max(300)).max(250).exactOptional(),
    value: z.number().exactOptional(),
    limit: z.number().exactOptional(),
  }),
);
const findings = z.array(finding).max(100);

const versions = z.partialRecord(kind, version);

const bundleReport = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ack'), kind, version }),
  z.object({ outcome: z.literal('nack'), kind, version, findings }),
]);

const workerHealth = z.object({
  requests: count,
  status5xxOwn: count,
  upstreamFailures: count,
  refusals: count,
  moduleFailures: count,
  circuitOpenings: count.exactOptional(),
  logRecordsDropped: count,
  rejected: z.record(z.string().max(64), count),
  latencyP99Ms: count,
  rssBytes: count,
});

export const edgeReportSchema = stated<EdgeReport>()(
  z.object({
    versions,
    bundles: z.array(bundleReport).max(100),
    workers: z.array(z.object({ slot: z.int().min(0).max(4_096), health: workerHealth })).max(512),
    localKilled: z.array(openWord<Switch>(z.string().max(400))).max(1_000),
  }),
);

export const refusalReportSchema = stated<RefusalReport>()(z.object({ where: place, findings: findings.min(1) }));
export const rollbackSchema = stated<RollbackRequest>()(z.strictObject({ version }));
const switchName = z.string().min(1).max(400);
export const switchChangeSchema = stated<SwitchChange>()(
  z.union([z.strictObject({ kill: switchName }), z.strictObject({ unkill: switchName })]),
);

export const wantedSchema = stated<Wanted>()(z.object({ versions }));
export const publishedSchema = stated<Published>()(z.object({ kind, version, sha256: z.string() }));
export const switchesSchema = stated<SwitchesStatus>()(
  z.object({ killed: z.array(openWord<Switch>(z.string())), version }),
);
export const apiErrorSchema = stated<ApiError>()(
  z.object({ error: word, help: z.string(), findings: findings.exactOptional() }),
);
export const kindStatusSchema = stated<KindStatus>()(
  z.object({
    kind,
    latest: version,
    latestSha256: z.string().nullable(),
    next: version,
    frozen: z.boolean(),
    history: z.array(z.object({ version, madeAtMs: millis, sha256: z.string(), note: z.string() })),
    refusals: z.array(z.object({ version: version.nullable(), where: place, atMs: millis, findings })),
  }),
);
export const edgeStatusSchema = stated<EdgeStatus>()(
  z.object({ edge: edgeNameSchema, lastSeenMs: millis, report: edgeReportSchema }),
);
export const auditRowSchema = stated<AuditRow>()(
  z.object({ atMs: millis, who: z.string(), action: z.string(), detail: z.string() }),
);
