import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ZodType } from 'zod';
import { bundleBytesMax, isSwitch, switchNamesHelp } from '../bundles/index.ts';
import { type BundleKind, bundleKinds, isBundleKind, payloadBytesMax } from '../contract/bundleKind.ts';
import type {
  ApiError,
  AuditRow,
  EdgeStatus,
  KindStatus,
  Published,
  SwitchesStatus,
  Wanted,
} from '../contract/controlApi.ts';
import type { TimerClock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import { prometheusType } from '../kernel/metrics/prometheusText.ts';
import type { Changes } from './changes.ts';
import type { Edges } from './edges.ts';
import { controlLimits } from './limits.ts';
import type { ControlMetrics } from './metrics.ts';
import { openApiDocument } from './openApi.ts';
import type { Publisher, Request } from './publisher.ts';
import { readRest } from './readRest.ts';
import { Refused } from './refused.ts';
import {
  edgeNameSchema,
  edgeReportSchema,
  refusalReportSchema,
  rollbackSchema,
  switchChangeSchema,
} from './schemas.ts';
import { statusPage, statusPageHeaders } from './statusPage.ts';
import { type ControlStore, StoreUnavailable } from './store.ts';
import type { TokenCheck } from './token.ts';
import { WantedAnswers } from './wantedAnswers.ts';

export interface ApiPorts {
  readonly publisher: Publisher;
  readonly edges: Edges;
  readonly store: ControlStore;
  readonly changes: Changes;
  readonly metrics: ControlMetrics;
  readonly token: TokenCheck;
  readonly clock: TimerClock;
  readonly log: Logger;
}

/** Control's HTTP API as `contract/controlApi.ts` states it. No request ends the process; each failure has a status and help. */
export function controlApi(ports: ApiPorts): Hono {
  const app = new Hono();
  app.get('/', (c) => c.html(statusPage, 200, statusPageHeaders));
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/openapi.json', (c) => c.json(openApiDocument));
  app.get('/metrics', (c) => c.body(ports.metrics.text(), 200, { 'content-type': prometheusType }));
  app.use('/v1/*', async (c, next) => {
    if (ports.token.accepts(c.req.header('authorization'))) return next();
    throw new Refused(
      401,
      'token-required',
      'Send "Authorization: Bearer TOKEN"; the token stands in control/token of the data folder.',
    );
  });
  addEdgeRoutes(app, ports);
  addKindRoutes(app, ports);
  addSwitchRoutes(app, ports);
  app.get('/v1/audit', (c) => c.json(ports.store.audit() satisfies readonly AuditRow[]));
  app.notFound((c) => answer(c, new Refused(404, 'not-found', 'GET /openapi.json lists what there is.')));
  app.onError(async (error, c) => {
    const explained = explain(error, ports);
    if (explained instanceof Refused && explained.status === 413) {
      await readRest((c.env as { incoming?: IncomingMessage } | undefined)?.incoming, ports.clock);
    }
    return answer(c, explained);
  });
  return app;
}

function addEdgeRoutes(app: Hono, { publisher, edges, changes, clock, store }: ApiPorts): void {
  const answers = new WantedAnswers(publisher, changes, clock);
  app.get('/v1/edges', (c) => c.json(edges.list() satisfies readonly EdgeStatus[]));
  app.get('/v1/edges/:edge/wanted', async (c) => {
    const versions = await answers.answer(edgeOf(c), c.req.query(), c.req.raw.signal);
    return c.json({ versions } satisfies Wanted);
  });
  app.post('/v1/edges/:edge/report', limited(controlLimits.jsonBodyBytesMax), async (c) => {
    const report = await jsonBody(c, edgeReportSchema);
    edges.report(edgeOf(c), report);
    return c.body(null, 204);
  });
  app.get('/v1/bundles/:kind/:version', (c) => {
    const kind = kindOf(c);
    const version = Number(c.req.param('version'));
    const bytes = Number.isSafeInteger(version) ? store.bundle(kind, version) : undefined;
    if (bytes === undefined) throw new Refused(404, 'version-unknown', `Control does not hold ${kind} ${version}.`);
    return c.body(new Uint8Array(bytes), 200, { 'content-type': 'application/octet-stream' });
  });
}

function addKindRoutes(app: Hono, { publisher, token }: ApiPorts): void {
  const request = (c: Context, note = ''): Request => ({
    who: token.id,
    note: (c.req.query('note') ?? note).slice(0, controlLimits.noteCharsMax),
  });
  app.get('/v1/kinds', (c) =>
    c.json(bundleKinds.map((kind) => publisher.status(kind)) satisfies readonly KindStatus[]),
  );
  app.get('/v1/kinds/:kind', (c) => c.json(publisher.status(kindOf(c)) satisfies KindStatus));
  app.post('/v1/kinds/:kind/bundles', limitedByKind(publisher, bundleBytesMax), async (c) => {
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    const published: Published = publisher.publishBundle(kindOf(c), bytes, request(c, 'published, signed elsewhere'));
    return c.json(published, 201);
  });
  app.post(
    '/v1/kinds/:kind/payloads',
    limitedByKind(publisher, (kind) => payloadBytesMax[kind]),
    async (c) => {
      const payload = new Uint8Array(await c.req.arrayBuffer());
      const acceptShift = ['1', 'true'].includes(c.req.query('acceptShift') ?? '');
      const published: Published = publisher.publishPayload(kindOf(c), payload, acceptShift, request(c, 'published'));
      return c.json(published, 201);
    },
  );
  app.post('/v1/kinds/:kind/refusals', limited(controlLimits.jsonBodyBytesMax), async (c) => {
    const { where, findings } = await jsonBody(c, refusalReportSchema);
    publisher.recordRefusal(kindOf(c), null, where, findings);
    return c.body(null, 204);
  });
  app.post('/v1/kinds/:kind/rollback', limited(controlLimits.jsonBodyBytesMax), async (c) => {
    const { version } = await jsonBody(c, rollbackSchema);
    return c.json(publisher.rollback(kindOf(c), version, request(c)) satisfies Published, 201);
  });
  for (const verb of ['freeze', 'unfreeze'] as const) {
    app.post(`/v1/kinds/:kind/${verb}`, (c) => {
      const kind = kindOf(c);
      publisher.freeze([kind], verb === 'freeze', request(c));
      return c.json(publisher.status(kind) satisfies KindStatus);
    });
  }
}

function addSwitchRoutes(app: Hono, { publisher, token }: ApiPorts): void {
  app.get('/v1/switches', (c) => {
    const { latest: version } = publisher.status('switches');
    return c.json({ killed: publisher.killed(), version } satisfies SwitchesStatus);
  });
  app.post('/v1/switches', limited(controlLimits.jsonBodyBytesMax), async (c) => {
    const change = await jsonBody(c, switchChangeSchema);
    const name = 'kill' in change ? change.kill : change.unkill;
    if (!isSwitch(name)) throw new Refused(422, 'switch-unknown', `There are ${switchNamesHelp}.`);
    return c.json(publisher.setSwitch(name, 'kill' in change, { who: token.id, note: '' }) satisfies SwitchesStatus);
  });
}

/** Turns whatever was thrown into an answer; only our own bugs become a 500, and they are logged with their stack. */
function explain(error: Error, { metrics, log }: ApiPorts): Refused | Error {
  if (error instanceof Refused) return error;
  if (error instanceof StoreUnavailable) {
    metrics.storeFailed();
    log.error('store-unavailable', { message: error.message });
    const help = `Control's store cannot be used (${error.message}). Edges go on with what they have; switches work with 'holdfast kill NAME --local'. See docs/operate/control.md.`;
    return new Refused(503, 'store-unavailable', help);
  }
  log.error('request-failed', { message: error.message, stack: error.stack });
  return error;
}

function answer(c: Context, error: Refused | Error): Response {
  if (error instanceof Refused) {
    const { code, help, findings } = error;
    // The rest of the body may not have been read to its end, so the connection cannot carry another request.
    if (error.status === 413) c.header('connection', 'close');
    return c.json({ error: code, help, ...(findings && { findings }) } satisfies ApiError, error.status);
  }
  return c.json(
    { error: 'internal', help: 'This is a fault of control itself; its log has the details.' } satisfies ApiError,
    500,
  );
}

async function jsonBody<T>(c: Context, schema: ZodType<T>): Promise<T> {
  let value: unknown;
  try {
    value = await c.req.json();
  } catch {
    throw new Refused(400, 'body-not-json', 'The body must be JSON.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new Refused(400, 'body-invalid', `${issues.join('; ')}. GET /openapi.json has the shape.`);
}

function kindOf(c: Context): BundleKind {
  const kind = c.req.param('kind') ?? '';
  if (isBundleKind(kind)) return kind;
  throw new Refused(404, 'kind-unknown', `There are ${bundleKinds.join(', ')}.`);
}

function edgeOf(c: Context): string {
  const edge = edgeNameSchema.safeParse(c.req.param('edge'));
  if (edge.success) return edge.data;
  throw new Refused(400, 'edge-name-invalid', 'Letters, digits, dots, _ and -, at most 64.');
}

function limited(bytesMax: number) {
  return bodyLimit({
    maxSize: bytesMax,
    onError: () => {
      throw new Refused(413, 'body-too-large', `At most ${bytesMax} bytes are taken here.`);
    },
  });
}

/** Too large a bundle is a refusal like any other: recorded, with its figures. */
function limitedByKind(publisher: Publisher, bytesMaxOf: (kind: BundleKind) => number) {
  const limits = new Map(
    bundleKinds.map((kind) => {
      const onError = (): never => {
        throw publisher.refuseTooLarge(kind, bytesMaxOf(kind));
      };
      return [kind, bodyLimit({ maxSize: bytesMaxOf(kind), onError })];
    }),
  );
  return (c: Context, next: () => Promise<void>) => limits.get(kindOf(c))!(c, next);
}
