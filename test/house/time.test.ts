import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/*
 * Time is a port (src/kernel/clock.ts). Code that asks the system itself for the time or for a timer cannot be played on a
 * made-up clock: its tests wait for real, and its minutes of backing off are never seen at all.
 */
const source = fileURLToPath(new URL('../../src', import.meta.url));

/** The clock itself, and the processes, which are where the system's clock is handed in. */
const mayAskTheSystem = ['kernel/', 'main/'];
/** One command of a person, from its start to its end: nothing is simulated there, so it takes the system's clock itself. */
const mayTakeSystemClock = [...mayAskTheSystem, 'cli/'];

/** Single exceptions: a file, what it may use, and why. */
const granted: readonly { readonly file: string; readonly uses: readonly string[]; readonly why: string }[] = [
  { file: 'edge/sockets/turns.ts', uses: ['setImmediate'], why: 'the end of a turn of the event loop is no time' },
  { file: 'edge/upstream/httpCall.ts', uses: ['setImmediate'], why: 'later in this turn, never within the call' },
  {
    file: 'edge/listen/httpDate.ts',
    uses: ['Date.now'],
    why: 'a field for visitors on every answer: nothing waits or decides by it, and a clock per head is not free',
  },
  {
    file: 'control/processMetrics.ts',
    uses: ['setImmediate'],
    why: 'how long a turn of the event loop takes is what it measures',
  },
  {
    file: 'control/statusPage.ts',
    uses: ['Date.now', 'new Date()', 'setTimeout'],
    why: 'text of a page: it runs in a browser',
  },
];

interface Pattern {
  readonly name: string;
  readonly found: RegExp;
  readonly instead: string;
}

const timers = 'take a TimerClock and use its after or every, or kernel/sleep.ts';
const reading = 'take a Clock';
/** A dot in front is a method of something else, as `socket.setTimeout`: that one belongs to its socket and ends with it. */
const patterns: readonly Pattern[] = [
  ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
    name,
    found: new RegExp(`(?<![.\\w])(?:globalThis\\.)?${name}\\b`),
    instead: timers,
  })),
  { name: 'node:timers', found: /['"](?:node:)?timers(?:\/promises)?['"]/, instead: timers },
  { name: 'AbortSignal.timeout', found: /\bAbortSignal\.timeout\b/, instead: 'use kernel/withDeadline.ts' },
  { name: 'Date.now', found: /\bDate\.now\b/, instead: reading },
  { name: 'new Date()', found: /\bnew Date(?:\(\)|(?![\w(]))/, instead: reading },
  { name: 'performance.now', found: /\bperformance\.now\b/, instead: reading },
  { name: 'process.hrtime', found: /\bprocess\.hrtime\b/, instead: reading },
];

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
const isUnder = (file: string, folders: readonly string[]) => folders.some((folder) => file.startsWith(folder));

/** What `file` asks of the system, against the rule or not. */
function asks(file: string, text: string): readonly Pattern[] {
  if (isUnder(file, mayAskTheSystem)) return [];
  return patterns.filter(({ found }) => found.test(withoutComments(text)));
}

function faultsOf(file: string, text: string): string[] {
  const mayUse = granted.find((each) => each.file === file)?.uses ?? [];
  const faults = asks(file, text)
    .filter(({ name }) => !mayUse.includes(name))
    .map(({ name, instead }) => `src/${file} uses ${name}, so no made-up clock can move it: ${instead}`);
  if (!isUnder(file, mayTakeSystemClock) && /\bsystemClock\b/.test(withoutComments(text)))
    faults.push(`src/${file} takes the system's clock itself: let its constructor take one, from main/`);
  return faults;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('/testing/'))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));

test('nobody but the kernel and the processes asks the system for the time or for a timer', () => {
  assert.deepEqual(
    files.flatMap(({ file, text }) => faultsOf(file, text)),
    [],
  );
});

test('every exception is still needed', () => {
  const unused = granted.flatMap(({ file, uses }) => {
    const text = files.find((each) => each.file === file)?.text ?? '';
    const used = asks(file, text).map(({ name }) => name);
    return uses.filter((name) => !used.includes(name)).map((name) => `${file}: ${name}`);
  });
  assert.deepEqual(unused, []);
});

test('the rule itself can fail: each way to ask the system is found, and what only looks like one is not', () => {
  const namesIn = (text: string) => asks('agent/a.ts', text).map(({ name }) => name);
  assert.deepEqual(namesIn('const t = setTimeout(run, 5);'), ['setTimeout']);
  assert.deepEqual(namesIn('globalThis.setInterval(run, 5);'), ['setInterval']);
  assert.deepEqual(namesIn("import { setTimeout as wait } from 'node:timers/promises';"), [
    'setTimeout',
    'node:timers',
  ]);
  assert.deepEqual(namesIn('new Promise(setImmediate)'), ['setImmediate']);
  assert.deepEqual(namesIn('AbortSignal.timeout(5)'), ['AbortSignal.timeout']);
  assert.deepEqual(namesIn('[Date.now(), new Date(), performance.now(), process.hrtime.bigint()]'), [
    'Date.now',
    'new Date()',
    'performance.now',
    'process.hrtime',
  ]);
  assert.deepEqual(namesIn('/* setTimeout */ socket.setTimeout(5); new Date(atMs); // Date.now()'), []);
  assert.equal(faultsOf('agent/a.ts', "import { systemClock } from '../kernel/clock.ts';").length, 1);
  assert.equal(faultsOf('cli/a.ts', "import { systemClock } from '../kernel/clock.ts';").length, 0);
  assert.equal(faultsOf('control/statusPage.ts', 'performance.now()').length, 1, 'granted is what is named, no more');
});
