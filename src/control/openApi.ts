import { type ZodType, z } from 'zod';
import { bundleKinds } from '../contract/bundleKind.ts';
import { controlLimits } from './limits.ts';
import * as schemas from './schemas.ts';

/** One row per route; the document is assembled from them and from the very schemas that check the requests. */
interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: ZodType | 'bytes';
  readonly answer: ZodType | 'bytes' | 'text' | 'none';
  readonly status?: number;
  readonly refusals?: readonly number[];
  readonly open?: boolean;
}

const acceptShift = 'true when the shift of the scores in rehearsal is intended';
const note = 'a few words for the history';
const routes: readonly Route[] = [
  { method: 'get', path: '/healthz', summary: 'Whether the process answers', answer: 'text', open: true },
  { method: 'get', path: '/metrics', summary: 'Metrics in Prometheus text format', answer: 'text', open: true },
  {
    method: 'get',
    path: '/v1/edges',
    summary: 'All edges with their last report',
    answer: z.array(schemas.edgeStatusSchema),
  },
  {
    method: 'get',
    path: '/v1/edges/{edge}/wanted',
    summary:
      'Long poll: the newest version of each kind, at once when one is newer than the versions named in the query',
    query: {
      ...Object.fromEntries(bundleKinds.map((kind) => [kind, 'version'])),
      waitS: `seconds, at most ${controlLimits.waitSMax}`,
    },
    answer: schemas.wantedSchema,
  },
  {
    method: 'post',
    path: '/v1/edges/{edge}/report',
    summary: 'Versions, acks, nacks and health of one edge',
    body: schemas.edgeReportSchema,
    answer: 'none',
    status: 204,
  },
  {
    method: 'get',
    path: '/v1/bundles/{kind}/{version}',
    summary: "A bundle's bytes",
    answer: 'bytes',
    refusals: [404],
  },
  { method: 'get', path: '/v1/kinds', summary: 'Status of all kinds', answer: z.array(schemas.kindStatusSchema) },
  { method: 'get', path: '/v1/kinds/{kind}', summary: 'Status of one kind', answer: schemas.kindStatusSchema },
  {
    method: 'post',
    path: '/v1/kinds/{kind}/bundles',
    summary: 'Publish a signed bundle',
    query: { note },
    body: 'bytes',
    answer: schemas.publishedSchema,
    status: 201,
    refusals: [409, 422, 423],
  },
  {
    method: 'post',
    path: '/v1/kinds/{kind}/payloads',
    summary: 'Publish a payload, which control numbers and signs',
    query: { acceptShift, note },
    body: 'bytes',
    answer: schemas.publishedSchema,
    status: 201,
    refusals: [422, 423],
  },
  {
    method: 'post',
    path: '/v1/kinds/{kind}/refusals',
    summary: 'Report a refusal at the producer',
    body: schemas.refusalReportSchema,
    answer: 'none',
    status: 204,
  },
  {
    method: 'post',
    path: '/v1/kinds/{kind}/rollback',
    summary: 'Publish old content under a new number; also while frozen',
    body: schemas.rollbackSchema,
    answer: schemas.publishedSchema,
    status: 201,
    refusals: [404, 422],
  },
  {
    method: 'post',
    path: '/v1/kinds/{kind}/freeze',
    summary: 'Take no new bundles of this kind',
    answer: schemas.kindStatusSchema,
    refusals: [422],
  },
  {
    method: 'post',
    path: '/v1/kinds/{kind}/unfreeze',
    summary: 'Take new bundles again',
    answer: schemas.kindStatusSchema,
  },
  { method: 'get', path: '/v1/switches', summary: 'What is switched off', answer: schemas.switchesSchema },
  {
    method: 'post',
    path: '/v1/switches',
    summary: 'Switch something off or on again',
    body: schemas.switchChangeSchema,
    answer: schemas.switchesSchema,
    refusals: [422],
  },
  {
    method: 'get',
    path: '/v1/audit',
    summary: 'Who changed what, newest first',
    answer: z.array(schemas.auditRowSchema),
  },
];

export const openApiDocument = {
  openapi: '3.1.0',
  info: { title: 'Holdfast control', version: '1', description: 'Every failure carries a body of the form ApiError.' },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: { ApiError: jsonSchema(schemas.apiErrorSchema) },
  },
  security: [{ token: [] }],
  paths: paths(),
};

function paths(): Record<string, Record<string, unknown>> {
  const all: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const operations = all[route.path] ?? {};
    operations[route.method] = operation(route);
    all[route.path] = operations;
  }
  return all;
}

function operation(route: Route) {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter(name!, 'path', name!));
  const inQuery = Object.entries(route.query ?? {}).map(([name, description]) => parameter(name, 'query', description));
  const failures = [...(route.refusals ?? []), ...(route.open ? [] : [400, 401, 503])];
  const refusal = {
    description: 'ApiError',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/ApiError' } } },
  };
  return {
    summary: route.summary,
    ...(route.open && { security: [] }),
    parameters: [...inPath, ...inQuery],
    ...(route.body && { requestBody: { required: true, content: content(route.body) } }),
    responses: {
      [route.status ?? 200]: {
        description: 'Done',
        ...(route.answer !== 'none' && { content: content(route.answer) }),
      },
      ...Object.fromEntries(failures.map((status) => [status, refusal])),
    },
  };
}

function parameter(name: string, place: 'path' | 'query', description: string) {
  return { name, in: place, required: place === 'path', description, schema: { type: 'string' } };
}

function content(body: ZodType | 'bytes' | 'text') {
  if (body === 'bytes') return { 'application/octet-stream': {} };
  if (body === 'text') return { 'text/plain': { schema: { type: 'string' } } };
  return { 'application/json': { schema: jsonSchema(body) } };
}

function jsonSchema(schema: ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
