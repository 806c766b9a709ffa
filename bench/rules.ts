// What rules cost per request, and what the two linear pattern engines at hand cost per search.
//   node tools/node.js bench/rules.ts
// Prints the median processor time of seven runs and their spread.
import { setFlagsFromString } from 'node:v8';
import { RE2JS } from 're2js';
import type { BotVerdict } from '../src/contract/botVerdict.ts';
import { fieldNumberOf, headersFromRaw, type RequestHead } from '../src/http/index.ts';
import { compileRules } from '../src/rules/index.ts';
import { conditions } from './measure/conditions.ts';

const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36';
const rawHeaders = ['Host', 'shop.example', 'User-Agent', userAgent, 'Accept', '*/*'];
const head: RequestHead = {
  method: 'GET',
  target: '/products/1?x=1',
  path: '/products/1',
  query: 'x=1',
  version: '1.1',
  rawHeaders,
  fieldNumbers: rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [fieldNumberOf(name)] : [])),
  headers: headersFromRaw(rawHeaders),
  host: 'shop.example',
  scheme: 'http',
  clientAddress: '192.0.2.7',
  handshake: null,
  isRelayed: false,
};
const person: BotVerdict = {
  kind: 'scored',
  score: 60,
  source: 'model',
  heuristics: [],
  vector: new Float32Array(60),
  verified: false,
};

const crawlers = 'request.headers["user-agent"].matches("(?i)bot|crawler|spider|curl|wget")';
const inside = 'request.client.inNetwork("198.51.100.0/24")';

benchRules('20 rules', conditions);
benchRules('20 rules, one of them inNetwork', [...conditions.slice(1), inside]);
benchRules('20 rules, one of them a pattern', [...conditions.slice(1), crawlers]);

setFlagsFromString('--enable-experimental-regexp-engine');
for (const [name, text] of [
  ['user agent', userAgent],
  ['8 KiB', 'a'.repeat(8_191) + '!'],
] as const) {
  for (const source of ['(a+)+$', '(.*)*x', 'bot|crawler|spider|curl|wget', '^/products/[0-9]+$']) {
    const re2 = RE2JS.compile(source);
    const v8 = new RegExp(source, 'l');
    const times = Math.ceil(200_000 / text.length);
    console.log(
      `${source} on ${name}: re2js ${measure(times, () => re2.test(text))}, V8 /l ${measure(times, () => v8.test(text))}`,
    );
  }
}

function benchRules(name: string, whens: readonly string[]): void {
  const then = { action: 'block', status: 403, body: '' } as const;
  const rules = whens.map((when, index) => ({
    name: `r${index}`,
    when,
    then,
    dryRun: false,
    whenAbsent: 'never-block' as const,
  }));
  const compiled = compileRules({ name: 'shop', hosts: ['shop.example'], origin: 'http://a:1', rules });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  console.log(`${name}: ${measure(200_000, () => compiled.value.decide(head, person))}`);
}

function measure(times: number, run: () => unknown): string {
  const runs = Array.from({ length: 7 }, () => {
    // Processor time, not the clock's: the machine may be shared.
    const start = process.cpuUsage();
    for (let time = 0; time < times; time++) run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / times;
  }).sort((a, b) => a - b);
  return `${runs[3]!.toFixed(2)} µs (${runs[0]!.toFixed(2)}–${runs[6]!.toFixed(2)})`;
}
