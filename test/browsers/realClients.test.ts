import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type HoldfastUp, startHoldfast } from '../support/holdfastUp.ts';
import { chromiumProgram, type VisitTarget, visitHeaded, visitHeadless } from './chromium.ts';
import { type Display, startDisplay } from './display.ts';
import { type JudgedRequest, RecordedJudge, scoresAtOrigin } from './judgeRecorded.ts';
import { findProgram } from './programs.ts';
import { type RecordingSite, startRecordingSite } from './recordingSite.ts';
import { findTools } from './tools.ts';

const installLine = 'sudo tools/install-test-tools.sh --yes';
const programs = { chromium: chromiumProgram(), Xvfb: findProgram('Xvfb'), xdotool: findProgram('xdotool') };
const missing = Object.entries(programs)
  .filter(([, path]) => path === undefined)
  .map(([name]) => name);
/** On CI nothing is skipped: a missing program fails the tests that need it. */
const skip =
  missing.length > 0 && process.env.CI !== 'true' ? `needs ${missing.join(', ')}; type: ${installLine}` : false;

const chromeOnWindows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const olderChromeOnLinux =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';

/** Each way in which requests are scored: by the model alone on the heads themselves, and by a whole Holdfast in front. */
interface Way {
  readonly name: string;
  readonly target: () => VisitTarget;
  readonly scores: () => JudgedRequest[];
  /** User agents given to headless Chromium and to tools; undefined: as they come. The edge needs the hard ones only. */
  readonly headlessAgents: readonly (string | undefined)[];
  readonly toolAgents: readonly (string | undefined)[];
}

describe('real clients', { timeout: 900_000 }, () => {
  let site: RecordingSite;
  let holdfast: HoldfastUp;
  let display: Display | undefined;
  const judge = new RecordedJudge();
  before(async () => {
    site = await startRecordingSite();
    holdfast = await startHoldfast(['--origin', site.url]);
    if (missing.length === 0) display = await startDisplay();
  });
  after(async () => {
    await display?.close();
    await holdfast?.stop();
    await site?.close();
  });

  const ways: Way[] = [
    {
      name: 'the model alone',
      target: () => site,
      scores: () => judge.judge(site.take(), false),
      headlessAgents: [undefined, chromeOnWindows, olderChromeOnLinux],
      toolAgents: [undefined, chromeOnWindows],
    },
    {
      name: 'the edge',
      target: () => ({ url: holdfast.edgeUrl, arrived: site.arrived }),
      scores: () => scoresAtOrigin(site.take()),
      headlessAgents: [undefined, olderChromeOnLinux],
      toolAgents: [chromeOnWindows],
    },
  ];

  for (const way of ways) {
    for (const hostName of [undefined, 'shop.example']) {
      const where = hostName === undefined ? 'on this machine' : 'over plain http to a name';
      test(`headed Chromium ${where} is a person to ${way.name}: page, image, script, fetch, form`, {
        skip,
      }, async () => {
        judge.forget();
        assert.ok(display, `Xvfb, xdotool and chromium are needed: ${installLine}`);
        await visitHeaded(way.target(), display, hostName === undefined ? {} : { hostName });
        const judged = way.scores();
        const seen = new Set(judged.map(({ request }) => `${request.method} ${request.target}`));
        for (const wanted of [
          'GET /',
          'GET /images/box.png',
          'GET /assets/site.js',
          'GET /api/items',
          'POST /orders',
        ]) {
          assert.ok(seen.has(wanted), `${wanted} among ${[...seen].join(', ')}`);
        }
        expectPeople(judged);
      });
    }

    test(`headless Chromium is a program to ${way.name}, as it comes and with Chrome's user agent`, {
      skip,
    }, async () => {
      assert.equal(programs.chromium === undefined, false, `chromium is needed: ${installLine}`);
      for (const userAgent of way.headlessAgents) {
        judge.forget();
        await visitHeadless(way.target(), userAgent === undefined ? {} : { userAgent });
        const judged = way.scores();
        assert.ok(judged.length >= 5, `only ${judged.length} requests came`);
        expectPrograms(judged, `headless Chromium, ${userAgent ?? 'as it comes'}`);
      }
    });

    test(`curl, wget, Python, Node and the like are programs to ${way.name}, with Chrome's user agent too`, async () => {
      const tools = findTools();
      for (const needed of ['curl', 'wget', 'python', 'node']) {
        const found = tools.some(({ family }) => family === needed);
        assert.ok(found || process.env.CI !== 'true', `${needed} is needed: ${installLine}`);
      }
      for (const tool of tools) {
        for (const userAgent of way.toolAgents) {
          judge.forget();
          for (const path of ['/', '/api/items']) await tool.fetch(way.target().url + path, userAgent);
          const judged = way.scores();
          assert.equal(judged.length, 2, `${tool.name}: both requests came`);
          expectPrograms(judged, `${tool.name}, ${userAgent ?? 'as it comes'}`);
        }
      }
    });
  }

  test('headed Chromium stays a person on the address that all those programs used', { skip }, async () => {
    assert.ok(display);
    await visitHeaded(ways[1]!.target(), display);
    expectPeople(ways[1]!.scores());
  });
});

function expectPeople(judged: readonly JudgedRequest[]): void {
  assert.deepEqual(judged.filter(({ score }) => !(score >= 30)).map(describeRequest), []);
}

function expectPrograms(judged: readonly JudgedRequest[], who: string): void {
  assert.deepEqual(judged.filter(({ score }) => !(score < 30)).map(describeRequest), [], who);
}

function describeRequest({ request, score }: JudgedRequest): string {
  return `${request.method} ${request.target} scored ${score}`;
}
