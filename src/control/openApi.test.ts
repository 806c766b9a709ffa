import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiPorts, controlApi } from './api.ts';
import { openApiDocument } from './openApi.ts';

/** A page for people, and the document itself. */
const undocumented = ['GET /', 'GET /openapi.json'];

test('the document has every route that there is, and no other', () => {
  // Nothing is asked of the ports until a request comes.
  const { routes } = controlApi({} as ApiPorts);
  const served = routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  const documented = Object.entries(openApiDocument.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const wanted = [...new Set(served)].filter((route) => !undocumented.includes(route));
  assert.deepEqual(documented.sort(), wanted.sort());
});
