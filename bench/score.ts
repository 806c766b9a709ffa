// Cost of the bots module per request: `node tools/node.js bench/score.ts`. Prints microseconds, with the spread of rounds.
import { existsSync, readFileSync } from 'node:fs';
import { HeaderGenerator } from 'header-generator';
import { BotJudge, ClientWindows, compileFeatures, compileModel } from '../src/bots/index.ts';
import type { FeatureFile } from '../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../src/contract/kinds/modelFile.ts';
import { type RequestHead, requestHead } from '../src/http/index.ts';
import { seededRandom } from '../src/kernel/random.ts';

const rounds = 15;
const random = seededRandom(1);
const heads = distinctHeads(4_000);
const features = compileFeatures(readShipped<FeatureFile>('features'));
const modelPath = new URL('../shipped/model.json', import.meta.url);
const model = existsSync(modelPath) ? compileModel(readShipped<ModelFile>('model'), features) : undefined;
const windows = new ClientWindows();
const vector = new Float32Array(features.size);
const vectors = heads.map((head) => {
  const own = new Float32Array(features.size);
  features.fill(head, windows.observe(head, 0), own);
  return own;
});
const window = windows.observe(heads[0]!, 0);
const judge = new BotJudge(features, model);

process.stdout.write(`${heads.length} distinct heads, ${features.size} features, ${model?.trees ?? 0} trees\n`);
let nowMs = 0;
measure('window', (head) => {
  nowMs += 0.3;
  windows.observeForNow(head, nowMs, 'document');
});
measure('facts and features', (head) => features.fill(head, window, vector));
if (model !== undefined) measure('model', (_, index) => model.logOdds(vectors[index]!));
if (model !== undefined) {
  measure('judge with window', (head) => {
    nowMs += 0.3;
    judge.judgeNext(head, windows, nowMs);
  });
}

function measure(name: string, call: (head: RequestHead, index: number) => void): void {
  for (let warm = 0; warm < 5; warm += 1) heads.forEach(call);
  const perRound: number[] = [];
  const single: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < heads.length; index += 1) call(heads[index]!, index);
    perRound.push(Number(process.hrtime.bigint() - start) / 1e3 / heads.length);
  }
  for (let index = 0; index < heads.length; index += 1) {
    const start = process.hrtime.bigint();
    call(heads[index]!, index);
    single.push(Number(process.hrtime.bigint() - start) / 1e3);
  }
  perRound.sort((one, other) => one - other);
  single.sort((one, other) => one - other);
  const median = perRound[perRound.length >> 1]!.toFixed(2);
  const spread = `${perRound[0]!.toFixed(2)}–${perRound.at(-1)!.toFixed(2)}`;
  const p99 = single[Math.floor(single.length * 0.99)]!.toFixed(1);
  process.stdout.write(`${name.padEnd(20)} mean ${median} (rounds ${spread}); timed one by one: p99 ${p99}\n`);
}

/** Browsers' header sets with other paths, referers, cookies and clients; every twentieth a tool's. */
function distinctHeads(count: number): RequestHead[] {
  const generators = [new HeaderGenerator({ httpVersion: '1' }), new HeaderGenerator({ httpVersion: '2' })];
  const heads: RequestHead[] = [];
  const seen = new Set<string>();
  while (heads.length < count) {
    const isSecond = random.next() < 0.5;
    const path = `/${Math.floor(random.next() * 1e6).toString(36)}/item-${Math.floor(random.next() * 1e4)}.html`;
    const tool = ['User-Agent', `curl/8.${heads.length % 15}.0`, 'Accept', '*/*'];
    const sent = heads.length % 20 === 0 ? tool : Object.entries(generators[isSecond ? 1 : 0]!.getHeaders()).flat();
    const cookie = random.next() < 0.5 ? ['Cookie', `s=${random.next()}`, 'Referer', 'https://shop.example/'] : [];
    const head = requestHead({
      method: 'GET',
      target: random.next() < 0.3 ? `${path}?page=${Math.floor(random.next() * 100)}` : path,
      version: isSecond ? '2' : '1.1',
      rawHeaders: ['Host', 'shop.example', ...sent, ...cookie],
      scheme: 'https',
      clientAddress: `10.0.${Math.floor(random.next() * 4)}.${Math.floor(random.next() * 256)}`,
    });
    const key = `${head.target}${head.rawHeaders.join('\n')}`;
    if (seen.has(key)) continue;
    seen.add(key);
    heads.push(head);
  }
  return heads;
}

function readShipped<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../shipped/${name}.json`, import.meta.url), 'utf8')) as T;
}
