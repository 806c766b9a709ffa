import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../kernel/clock.ts';
import { ControlGone } from './controlPort.ts';
import { HttpControl } from './httpControl.ts';

async function answering(context: TestContext, status: number, body: string): Promise<HttpControl> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  return new HttpControl({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: () => 'token',
    clock: systemClock,
  });
}

test('a bundle that control does not take is an answer; all that is no answer is control being gone', async (context) => {
  const findings = [{ reason: 'features-too-many', message: 'too many' }];
  const said = JSON.stringify({ error: 'why', help: 'what to do', findings });
  const bundle = Buffer.from('a bundle');
  const publish = async (status: number, body: string) =>
    (await answering(context, status, body)).publish('features', bundle);
  assert.deepEqual(await publish(201, '{}'), { answer: 'stored' });
  assert.deepEqual(await publish(409, said), { answer: 'conflict', error: 'why' });
  assert.deepEqual(await publish(423, said), { answer: 'frozen', error: 'why' });
  assert.deepEqual(await publish(422, said), { answer: 'refused', error: 'why', findings });
  assert.deepEqual(await publish(422, JSON.stringify({ error: 'why', help: '' })), {
    answer: 'refused',
    error: 'why',
    findings: [],
  });
  for (const [status, body] of [
    [422, 'no JSON'],
    [503, said],
    [401, said],
  ] as const) {
    await assert.rejects(publish(status, body), ControlGone, `${status}`);
  }
});

test('control that is gone is named with its address', async () => {
  const nobody = new HttpControl({ url: 'http://127.0.0.1:1', token: () => '', clock: systemClock });
  await assert.rejects(nobody.kindStatus('features'), (error: Error) => {
    assert.match(error.message, /^control at http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/);
    return error instanceof ControlGone;
  });
});
