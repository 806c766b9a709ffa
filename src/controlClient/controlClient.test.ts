import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../kernel/clock.ts';
import { ControlClient } from './controlClient.ts';

interface Asked {
  readonly call: string;
  readonly token: string | undefined;
  readonly body: string;
}

/** A control that answers each call with the next of `answers`. */
async function scene(context: TestContext, ...answers: readonly (readonly [status: number, body: string])[]) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const bytes: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) bytes.push(chunk);
    const { authorization: token, 'content-type': type } = request.headers;
    const body = `${type ?? ''} ${Buffer.concat(bytes)}`;
    asked.push({ call: `${request.method} ${request.url}`, token, body });
    const [status, text] = answers[asked.length - 1]!;
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let token = 0;
  const client = new ControlClient({
    url: () => url,
    token: () => `token-${++token}`,
    msMax: 10_000,
    clock: systemClock,
  });
  return { client, asked };
}

const { signal } = new AbortController();

test('the long poll: known versions and the wait go out, only what is a version of a kind comes back', async (context) => {
  const said = { versions: { features: 3, model: -1, sites: '4', unheard: 5 }, more: 'of a newer control' };
  const { client, asked } = await scene(context, [200, JSON.stringify(said)], [200, 'null'], [200, '[']);
  const wanted = () => client.wanted('an edge', { features: 2 }, 20, signal);
  assert.deepEqual(await wanted(), { ok: true, value: { features: 3 } });
  assert.deepEqual(await wanted(), { ok: true, value: {} });
  const unreadable = await wanted();
  assert.equal(unreadable.ok || unreadable.error.code, 'unreadable');
  assert.equal(asked[0]?.call, 'GET /v1/edges/an%20edge/wanted?waitS=20&features=2');
});

test('the token is asked for at each call, and one that cannot be read is an error of ours to be tried again', async (context) => {
  const { client, asked } = await scene(context, [200, '{}'], [204, '']);
  await client.kindStatus('sites');
  await client.reportRefusal('sites', { where: 'factory', findings: [] });
  assert.deepEqual(asked, [
    { call: 'GET /v1/kinds/sites', token: 'Bearer token-1', body: ' ' },
    {
      call: 'POST /v1/kinds/sites/refusals',
      token: 'Bearer token-2',
      body: 'application/json {"where":"factory","findings":[]}',
    },
  ]);
  const missing = () => {
    throw new Error('no such file');
  };
  const errorOf = async (options: { url?: () => string; token?: () => string }) => {
    const without = new ControlClient({
      url: () => 'http://127.0.0.1:1',
      token: () => '',
      msMax: 1_000,
      clock: systemClock,
      ...options,
    });
    const { error } = (await without.kindStatus('sites')) as { error: object };
    return error;
  };
  const ours = { source: 'internal', retry: 'yes', message: 'no such file' };
  assert.partialDeepStrictEqual(await errorOf({ token: missing }), { code: 'no-token', ...ours });
  assert.partialDeepStrictEqual(await errorOf({ url: missing }), { code: 'no-address', ...ours });
});

test('a refusal says what control said of it; a fault of control may be asked again', async (context) => {
  const said = { error: 'frozen', help: 'Unfreeze it.' };
  const { client, asked } = await scene(
    context,
    [423, JSON.stringify(said)],
    [503, '<html>busy'],
    [404, ''],
    [409, '{}'],
  );
  const refused = await client.publish('features', Buffer.from('bytes'), 'a note');
  assert.deepEqual(refused.ok || refused.error, {
    code: 'refused',
    source: 'downstream',
    retry: 'no',
    message: `control answered 423 to POST /v1/kinds/features/bundles: ${JSON.stringify(said)}`,
    status: 423,
    said,
  });
  assert.equal(asked[0]?.call, 'POST /v1/kinds/features/bundles?note=a%20note');
  assert.equal(asked[0]?.body, 'application/octet-stream bytes');
  const failed = await client.kindStatus('features');
  assert.deepEqual(failed.ok || failed.error, {
    code: 'refused',
    source: 'upstream',
    retry: 'yes',
    message: 'control answered 503 to GET /v1/kinds/features: <html>busy',
    status: 503,
  });
  const unknown = await client.bundle('features', 7, 10);
  assert.equal(unknown.ok || unknown.error.message, 'control answered 404 to GET /v1/bundles/features/7');
  const silent = await client.publish('features', Buffer.from('bytes'), '');
  assert.equal(silent.ok || silent.error.said, undefined, 'no ApiError');
});

test('of a bundle that is too long so much comes as shows it', async (context) => {
  const { client } = await scene(context, [200, 'x'.repeat(1_000)]);
  const bundle = await client.bundle('features', 7, 10);
  assert.deepEqual(bundle, { ok: true, value: Buffer.from('x'.repeat(10)) });
});
