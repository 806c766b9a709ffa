import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { ownAnswer } from '../../../src/edge/exchange/ownAnswer.ts';
import { withSteps } from '../../../src/edge/pipeline/substitute.ts';
import { ErrorReports, type Module } from '../../../src/edge/worker/index.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { silentLogger } from '../../../src/kernel/log.ts';
import { moduleDeclarations } from '../../../src/modules/all.ts';
import { type FailureMeaning, phases } from '../../../src/modules/row/declaration.ts';
import { exchangeBytes, site, startEdge, startOrigin, tinyFeatures, tinyModel, Undo } from '../harness.ts';
import { type Fault, faults, outcomeOf } from './faults.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

/** More than a connection reads at once: an answer has several pieces. */
const page = 'a page of the origin, '.repeat(20_000);
const times = { answerMs: 5_000, bodyIdleMs: 300, continueMs: 1_000, tunnelIdleMs: 5_000 };

/** What the module said last, for `stale`. */
const oldAnswer = { kind: 'answer', ...ownAnswer(200, 'an old answer', null), why: null } as const;

/** Puts one fault into one module; everything else about it stays. */
function failing(fault: Fault, failure: FailureMeaning, name: string) {
  return (module: Module): Module => {
    if (module.declaration.name !== name) return module;
    const lastAnswer = () => oldAnswer;
    const broken = withSteps(module, (steps) => ({ ...steps, ...fault.steps, lastAnswer }));
    return { ...broken, declaration: { ...module.declaration, failure } };
  };
}

async function visit(fault: Fault, failure: FailureMeaning, name: string) {
  const { url } = await startOrigin(undo, (request, response) => {
    request.resume();
    request.on('end', () => response.end(page));
  });
  const origin = fault.needs === 'dead-origin' ? 'http://127.0.0.1:1' : url;
  const reports = new ErrorReports(systemClock, silentLogger);
  const edge = await startEdge(undo, {
    set: {
      versions: {},
      features: tinyFeatures,
      model: tinyModel,
      sites: { schema: 1, sites: [site(origin)] },
    },
    substitute: failing(fault, failure, name),
    reports,
    times,
  });
  const body = fault.needs === 'body' ? 'Content-Length: 9\r\n\r\nsome body' : '\r\n';
  const method = fault.needs === 'body' ? 'POST' : 'GET';
  const answer = await exchangeBytes(edge.port, `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${body}`);
  const again = await exchangeBytes(edge.port, 'GET /.holdfast/trace HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await undo.run();
  return { answer, again, failures: edge.worker.counts().counters.moduleFailures?.[name] ?? 0 };
}

function outcomeIn(answer: string): string {
  // The head had not left yet when the connection was cut.
  if (answer === '') return 'cut';
  if (answer.startsWith('HTTP/1.1 503') && answer.includes('Holdfast-Error: module-closed')) return 'closed';
  if (answer.startsWith('HTTP/1.1 502')) return 'origin-failed';
  if (!answer.startsWith('HTTP/1.1 200')) return `something else: ${answer.slice(0, 200)}`;
  if (answer.endsWith('\r\n\r\nan old answer')) return 'stale';
  const [head = '', body = ''] = answer.split(/\r\n\r\n(.*)/s);
  const isChunked = /^Transfer-Encoding: chunked/im.test(head);
  const text = isChunked ? body.replaceAll(/(?:^|\r\n)[0-9a-f]+\r\n/g, '') : body;
  const isWhole = isChunked ? body.endsWith('0\r\n\r\n') && text.startsWith(page) : body === page;
  return isWhole ? 'whole' : 'cut';
}

const meanings: readonly FailureMeaning[] = [
  { before: 'open', afterFirstByte: 'leave-out' },
  { before: 'closed', afterFirstByte: 'cut' },
  { before: 'stale', afterFirstByte: 'leave-out' },
];

for (const fault of faults) {
  test(`a module that ${fault.how} in ${fault.phase}: the visitor gets what the table says`, async () => {
    for (const failure of meanings) {
      const { answer, again, failures } = await visit(fault, failure, 'bots');
      const changes = fault.how !== undefined && !fault.how.includes('nothing changed');
      const said = `${failure.before}, ${failure.afterFirstByte}`;
      assert.equal(outcomeIn(answer), outcomeOf(fault, failure, changes), said);
      assert.match(again, /^HTTP\/1\.1 200/, `${said}: the worker goes on`);
      assert.equal(failures > 0, fault.isAllowed !== true, `${said}: counted ${failures} times`);
    }
  });
}

for (const { name, failure, phases: declared } of moduleDeclarations) {
  test(`${name} fails in each phase that it declares as its row says`, async () => {
    for (const fault of faults.filter(
      ({ phase, how }) => (declared as readonly string[]).includes(phase) && how === 'throws',
    )) {
      // A site that uses nothing has most modules not in its path; a fault puts them there.
      const onPath = (module: Module): Module => {
        if (module.declaration.name !== name) return module;
        return {
          ...module,
          declaration: module.declaration,
          compile: () => fault.steps,
          neutral: (...given) => module.neutral?.(...given),
        };
      };
      const { url } = await startOrigin(undo, (request, response) => {
        request.resume();
        request.on('end', () => response.end(page));
      });
      const set = { versions: {}, sites: { schema: 1 as const, sites: [site(url)] } };
      const { port, worker } = await startEdge(undo, { set, substitute: onPath, times });
      const body = fault.needs === 'body' ? 'Content-Length: 9\r\n\r\nsome body' : '\r\n';
      const method = fault.needs === 'body' ? 'POST' : 'GET';
      const answer = await exchangeBytes(port, `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${body}`);
      assert.equal(outcomeIn(answer), outcomeOf(fault, failure, false), `${name}, ${fault.phase}`);
      await new Promise((resolve) => setImmediate(resolve));
      assert.ok((worker.counts().counters.moduleFailures?.[name] ?? 0) > 0, `${name}, ${fault.phase}: counted`);
    }
  });
}

test('every phase has its faults', () => {
  assert.deepEqual([...new Set(faults.map(({ phase }) => phase))], [...phases]);
});
