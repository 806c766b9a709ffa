import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BotJudge, compileFeatures, compileModel } from '../bots/index.ts';
import { shippedFeatures } from '../bots/testing/features.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import { LoggedBots, readAccessLog, readOperatorRanges, replayLog, reportPage, textSummary } from './index.ts';
import { knownOfLog } from './judge/logKnowledge.ts';

const features = shippedFeatures();
const compiled = compileFeatures(features);
const shippedModel = JSON.parse(
  readFileSync(new URL('../../shipped/model.json', import.meta.url), 'utf8'),
) as ModelFile;
const judge = new BotJudge(compiled, compileModel(shippedModel, compiled));
const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const shared = new URL('../../../shared/data/', import.meta.url);

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-replay-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function lineOf(address: string, second: number, target: string, userAgent: string, referer = '-', status = 200) {
  const time = `17/May/2026:10:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000`;
  return `${address} - - [${time}] "GET ${target} HTTP/1.1" ${status} 10 "${referer}" "${userAgent}"`;
}

/** Reads and replays lines, as the command does. */
async function replayOf(lines: readonly string[], bots = new LoggedBots(new Map()), hasRanges = false) {
  const path = join(folder, 'access.log');
  writeFileSync(path, `${lines.join('\n')}\n`);
  const log = await readAccessLog(path);
  assert.ok(log.ok);
  return replayLog({ file: 'access.log', log: log.value, features, judge, bots, hasRanges, siteHost: undefined });
}

test('what a log does not tell moves no score: a browser keeps that of an ordinary request, a tool that says so has 1', async () => {
  const summary = await replayOf([
    lineOf('192.0.2.1', 0, '/', chrome),
    lineOf('192.0.2.2', 1, '/', 'curl/8.0'),
    lineOf('192.0.2.3', 2, '/', chrome, 'http://a.example/'),
    'no line of a log',
  ]);
  const known = knownOfLog(features).filter(Boolean).length;
  assert.deepEqual(summary.model, {
    name: shippedModel.name,
    features: features.features.length,
    featuresKnown: known,
  });
  assert.ok(known < features.features.length);
  assert.deepEqual([summary.log.requests, summary.log.clients, summary.log.faults], [3, 3, { 'not-combined': 1 }]);
  const [browser, tool] = [summary.families[0]!, summary.families[1]!];
  assert.deepEqual([browser.family, browser.kind, browser.low, browser.high], ['chrome', 'browser', 0, 2]);
  assert.deepEqual([tool.kind, tool.named], ['tool', 1]);
  assert.equal(summary.log.siteHost, 'a.example', 'the host that the referers name');
});

test('lines out of order are put in the order of their time, and the clock is the log’s', async () => {
  const lines = Array.from({ length: 300 }, (_, index) => lineOf('192.0.2.9', index, `/page-${index}`, chrome));
  const slow = await replayOf(lines);
  const shuffled = await replayOf([...lines.slice(150), ...lines.slice(0, 150)]);
  assert.deepEqual(shuffled, slow);
  const burst = await replayOf(lines.map((_, index) => lineOf('192.0.2.9', index >> 5, `/page-${index}`, chrome)));
  assert.notDeepEqual(burst.scores, slow.scores, 'thirty pages a second are another visitor than one');
});

test('a crawler within the published ranges is verified, outside an impostor, and without ranges a claim', async () => {
  mkdirSync(join(folder, 'ranges/googlebot'), { recursive: true });
  writeFileSync(join(folder, 'ranges/googlebot/ipv4_merged.txt'), '192.0.2.0/25\n');
  const ranges = readOperatorRanges(join(folder, 'ranges'));
  assert.ok(ranges.ok);
  const lines = [lineOf('192.0.2.1', 0, '/', googlebot), lineOf('192.0.2.200', 1, '/', googlebot)];
  const summary = await replayOf(lines, ranges.value, true);
  const standings = summary.crawlers.map(({ operator, standing, requests }) => [operator, standing, requests]);
  assert.deepEqual(standings, [
    ['googlebot', 'verified', 1],
    ['googlebot', 'impostor', 1],
  ]);
  const blocked = summary.rules[0]!.groups.map(({ group, blocked }) => [group, blocked]);
  assert.deepEqual(blocked, [
    ['verified crawlers', 0],
    ['impostors', 1],
  ]);
  const unknown = await replayOf(lines);
  assert.deepEqual(
    unknown.crawlers.map(({ standing }) => standing),
    ['unverified'],
  );
  assert.match(textSummary(unknown), /unverified without --ranges/);
});

test('a list of ranges with a line that is none is refused with its place', () => {
  mkdirSync(join(folder, 'broken/bing'), { recursive: true });
  writeFileSync(join(folder, 'broken/bing/ipv4_merged.txt'), '192.0.2.0/24\nnonsense\n');
  const ranges = readOperatorRanges(join(folder, 'broken'));
  assert.ok(!ranges.ok);
  assert.match(ranges.error, /ipv4_merged\.txt:2: 'nonsense' is no network/);
});

test('the page asks nobody for anything and shows nothing that a visitor wrote as markup', async () => {
  const replay = await replayOf([
    lineOf('192.0.2.1', 0, '/<script>', '<img src=x onerror=alert(1)>/1.0 & more'),
    lineOf('192.0.2.2', 1, '/', chrome),
  ]);
  const report = JSON.parse(readFileSync(new URL('../../shipped/model-report.json', import.meta.url), 'utf8'));
  const page = reportPage({ replay, report, madeBy: 'test', madeAtMs: 0 });
  assert.doesNotMatch(page, /<(script|img|link|iframe|object)|@import|url\(|href=|src=[^x]/i);
  assert.match(page, /default-src 'none'/);
  assert.ok(page.includes('&#60;img src=x onerror=alert(1)&#62;'));
  assert.match(page, /How good the model is/);
  for (const heading of ['Scores', 'Over time', 'Verified bots and impostors', 'absent, not zero']) {
    assert.ok(page.includes(heading), heading);
  }
});

const logFile = new URL('access-logs/elastic-apache_logs.log', shared);
test('a real site’s log: people stay above 30, most crawlers are what they say, and feed readers pass where feeds are let through', {
  skip: !existsSync(logFile) && 'needs ../shared/data/access-logs',
}, async () => {
  const log = await readAccessLog(logFile.pathname);
  const ranges = readOperatorRanges(new URL('ip-ranges', shared).pathname);
  assert.ok(log.ok && ranges.ok);
  assert.deepEqual([log.value.lines.length, log.value.faults], [9_999, { 'not-combined': 1 }]);
  const summary = replayLog({
    file: 'a.log',
    log: log.value,
    features,
    judge,
    bots: ranges.value,
    hasRanges: true,
    siteHost: undefined,
  });
  assert.equal(
    summary.scores.reduce((sum, requests) => sum + requests, 0),
    9_999,
  );
  const google = summary.crawlers.filter(({ operator }) => operator === 'googlebot');
  assert.deepEqual(
    google.map(({ standing, requests }) => [standing, requests]),
    [
      ['verified', 539],
      ['impostor', 3],
    ],
  );
  const groups = new Map(summary.rules[1]!.groups.map((group) => [group.group, group]));
  const shareOf = (group: string) => groups.get(group)!.blocked / groups.get(group)!.of;
  assert.ok(shareOf('browsers') <= 0.005, `${shareOf('browsers')} of the browsers' requests refused`);
  assert.ok(shareOf('feed readers') <= 0.01, `${shareOf('feed readers')} of the feed readers' refused`);
  assert.ok(shareOf('tools') > 0.5, `${shareOf('tools')} of the tools'`);
});
