import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { requestHead } from '../http/index.ts';
import { BotJudge } from './botJudge.ts';
import { ClientWindows } from './clients/clientWindows.ts';
import { compileFeatures } from './featureSet.ts';
import { compileModel } from './model.ts';

/*
 * The largest head that the listener takes has 64 KiB. Nothing in it may make one judgement cost what a hundred ordinary
 * ones do; texts are new each time, so that nothing is remembered.
 */

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../shipped/${name}.json`, import.meta.url), 'utf8'));
const features = compileFeatures(read('features'));
const judge = new BotJudge(features, compileModel(read('model'), features));
const windows = new ClientWindows();
const browser = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const bytes = 58_000;
let serial = 0;

/** Flat and never seen before: a text made by repetition is a tree of pieces, whose reading would be measured too. */
function fresh(piece: string, length: number): string {
  serial += 1;
  return Buffer.from(`u${serial}${piece.repeat(length / piece.length)}`, 'latin1').toString('latin1');
}

function head(target: string, rawHeaders: readonly string[]) {
  const parts = { method: 'GET', version: '1.1', scheme: 'http', clientAddress: '192.0.2.1' } as const;
  return requestHead({ ...parts, target, rawHeaders: ['Host', 'shop.example', ...rawHeaders] });
}

const hostile: Record<string, (piece: string) => ReturnType<typeof head>> = {
  'many long header names': (piece) =>
    head('/', Array.from({ length: 98 }, () => [fresh(piece, bytes / 100), 'v']).flat()),
  'a long user agent': (piece) => head('/', ['User-Agent', fresh(piece, bytes)]),
  'a long Accept': (piece) => head('/', ['User-Agent', browser, 'Accept', fresh(piece, bytes)]),
  'a long Accept-Language': (piece) => head('/', ['User-Agent', browser, 'Accept-Language', fresh(piece, bytes)]),
  'a long Accept-Encoding': (piece) => head('/', ['User-Agent', browser, 'Accept-Encoding', fresh(piece, bytes)]),
  'a long Connection': (piece) => head('/', ['User-Agent', browser, 'Connection', fresh(piece, bytes)]),
  'a long path': (piece) => head(`/${fresh(piece, bytes)}`, ['User-Agent', browser]),
  'a long query': (piece) => head(`/?${fresh(piece, bytes)}`, ['User-Agent', browser]),
};

for (const [name, make] of Object.entries(hostile)) {
  test(`${name}: a judgement stays below a millisecond`, () => {
    for (const piece of ['a-', '/', ',', ' @a', 'bot', '&', '.']) {
      const heads = Array.from({ length: 10 }, () => make(piece));
      const window = windows.observe(heads[0]!, 0);
      const timesMs = heads.map((each) => {
        const startMs = performance.now();
        judge.judge(each, window);
        return performance.now() - startMs;
      });
      // The best: the machine may be busy with something else.
      assert.ok(Math.min(...timesMs) < 1, `"${piece}": ${Math.min(...timesMs).toFixed(2)} ms`);
    }
  });
}
