import { settingsOf } from '../src/bundles/index.ts';
import type { Site } from '../src/contract/kinds/sitesFile.ts';
import { ErrorReports } from '../src/edge/counts/errorReports.ts';
import { RatesModule } from '../src/edge/modules/rates/ratesModule.ts';
import { rulesSlot } from '../src/edge/modules/rules/rulesSlot.ts';
import { Guard } from '../src/edge/pipeline/guard.ts';
import { HeadRunner, type OnItsWay } from '../src/edge/pipeline/headRunner.ts';
import { compilePath } from '../src/edge/pipeline/sitePath.ts';
import { untouchedSlots, write } from '../src/edge/pipeline/slot.ts';
import { madeRequest, madeSet } from '../src/edge/pipeline/testing/made.ts';
import { requestHead } from '../src/http/index.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { silentLogger } from '../src/kernel/log.ts';
import { compileRules } from '../src/rules/index.ts';

/*
 * What the rates module costs a request in the module loop, with its guard, in batches of 64: `node tools/node.js bench/rates.ts`. The rule
 * has fired already. Each figure is CPU time of this process, the best of five.
 */
const rounds = 5;
const requestsPerRound = 400_000;
const batch = 64;

function pathWith(key: string, burst: number) {
  const site: Site = {
    name: 'shop',
    hosts: ['*'],
    origin: 'http://127.0.0.1:1',
    rules: [
      {
        name: 'limit',
        when: 'true',
        then: { action: 'limit', rate: 1_000, per: 'day', burst, key },
        dryRun: false,
        whenAbsent: 'block',
      },
    ],
  };
  const rules = compileRules(site);
  if (!rules.ok) throw new Error('the rule does not compile');
  const guard = new Guard(systemClock, new ErrorReports(systemClock, silentLogger));
  const module = new RatesModule({ secret: { first: 1, second: 2 } });
  const settled = { name: site.name, said: site, settings: settingsOf(site)!, rules: rules.value };
  const outcome = rules.value.decide(requestOf(0).head, { kind: 'absent', reason: 'no-features' });
  return { guard, module, path: compilePath([module], guard, madeSet, settled), outcome };
}

function requestOf(client: number) {
  const clientAddress = `10.${(client >>> 16) & 255}.${(client >>> 8) & 255}.${client & 255}`;
  const rawHeaders = ['Host', 'shop.example', 'Cookie', `a=b; session=${client.toString(36).padStart(24, 'x')}`];
  const parts = { method: 'GET', target: '/', version: '1.1', rawHeaders, scheme: 'http' } as const;
  return { head: requestHead({ ...parts, clientAddress }) };
}

for (const [key, keys] of [
  ['address', 1],
  ['address', 1_000],
  ['address', 1_000_000],
  ['cookie session', 1_000],
] as const) {
  const { guard, module, path, outcome } = pathWith(key, 1_000_000);
  const runner = new HeadRunner(guard, []);
  const empty = new HeadRunner(guard, []);
  const slots = untouchedSlots([module]);
  // Objects of a million requests would be measured, too: so many stand for them, and the other keys are only in the table.
  const held = Math.min(Math.max(keys, batch), 100_000);
  const requests: OnItsWay[] = Array.from({ length: held }, (_, index) => {
    const request = madeRequest({ ...requestOf(index % keys), path, slots: slots.slice() });
    write(request, rulesSlot, outcome);
    return request;
  });
  const spread = keys > 100_000 ? 7_919 : 1;
  for (let other = held; other < keys; other++) {
    const request = madeRequest({ ...requestOf(other), path, slots: slots.slice() });
    write(request, rulesSlot, outcome);
    runner.run([request]);
  }
  const loop = (asked: HeadRunner, isAsked: boolean) => {
    const before = process.cpuUsage();
    for (let done = 0; done < requestsPerRound; done += batch) {
      const some: OnItsWay[] = [];
      for (let index = 0; index < batch; index++) {
        const request = requests[((done + index) * spread) % requests.length]!;
        request.headsPassed = isAsked ? 0 : 1;
        request.step = undefined;
        some.push(request);
      }
      asked.run(some);
    }
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1_000) / requestsPerRound;
  };
  const best = (asked: HeadRunner, isAsked: boolean) =>
    Math.min(...Array.from({ length: rounds }, () => loop(asked, isAsked)));
  loop(runner, true);
  const ns = best(runner, true) - best(empty, false);
  process.stdout.write(`${key}, ${keys} keys: ${ns.toFixed(0)} ns a request\n`);
}
