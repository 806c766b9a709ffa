import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runVerb } from '../../src/cli/terminal/runVerb.ts';
import { modelShadowVerb } from '../../src/cli/verbs/modelShadowVerb.ts';
import { dataFolder } from '../../src/contract/dataFolder.ts';
import { parsePrometheus } from './prometheus.ts';
import { startRealEdge } from './realEdge.ts';

/** Says 2 of everybody: P(human) is sigmoid(-10). */
const grim = {
  schema: 1,
  name: 'grim',
  features: ['header_count'],
  bias: -10,
  roots: [0],
  feature: [-1],
  threshold: [0],
  left: [0],
  right: [0],
  missingRight: [0],
};

test('a shadow model is scored, logged and counted, changes no score, and can be taken away', {
  timeout: 180_000,
}, async () => {
  const data = mkdtempSync(join(tmpdir(), 'holdfast-edge-'));
  const path = join(data, 'access.log');
  const edge = await startRealEdge({ workers: 1, data, options: { accessLog: { path } } });
  try {
    await edge.until('it serves', async () => (await edge.get()).status === 200);
    const before = await lastLine();
    assert.ok(!('shadow_score' in before), 'no shadow, no field');

    const said = await command(write('grim.json', grim));
    assert.deepEqual(said, { code: 0, text: 'grim scores beside the model in force\n' });
    const shadowed = await lineWhere((line) => line.shadow_score === 2);
    assert.equal(shadowed.score, before.score, 'the score is the same client’s as before');
    assert.equal(shadowed.action, 'pass');

    const refused = await command(write('foreign.json', { ...grim, features: ['no_such_feature'] }));
    assert.equal(refused.code, 1);
    assert.match(refused.text, /model-feature-missing/);
    assert.equal(((await edge.local('GET', '/local/status')).body as { shadow: string }).shadow, 'grim');

    await edge.until('the metrics have it', async () => (await counted({ model: 'shadow', from: '1' })) > 0);
    assert.ok((await counted({ model: 'active' })) > (await counted({ model: 'shadow' })));
    assert.equal(await counted({ model: 'shadow', from: '90' }), 0);

    assert.ok(existsSync(join(dataFolder(data).edge, 'shadow-model.json')), 'it is kept');
    assert.equal((await command('--none')).text, 'no shadow model any more\n');
    await lineWhere((line) => !('shadow_score' in line));
    assert.ok(!existsSync(join(dataFolder(data).edge, 'shadow-model.json')));
  } finally {
    await edge.stop();
  }

  function write(name: string, model: unknown): string {
    const file = join(data, name);
    writeFileSync(file, JSON.stringify(model));
    return file;
  }

  async function command(word: string): Promise<{ code: number; text: string }> {
    let text = '';
    const take = { write: (more: string) => (text += more) };
    const code = await runVerb(modelShadowVerb, [word, '--data', data], { stdout: take, stderr: take });
    return { code, text };
  }

  /** Asks until a new line of the access log is so. */
  async function lineWhere(is: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    let line: Record<string, unknown> = {};
    await edge.until('such a line', async () => {
      await edge.get();
      line = await lastLine();
      return is(line);
    });
    return line;
  }

  async function lastLine(): Promise<Record<string, unknown>> {
    await edge.until('a line', () => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
    return JSON.parse(readFileSync(path, 'utf8').trim().split('\n').at(-1)!) as Record<string, unknown>;
  }

  async function counted(labels: Readonly<Record<string, string>>): Promise<number> {
    const samples = parsePrometheus(await get(dataFolder(data).adminSocket, '/metrics'));
    const is = Object.entries(labels);
    return samples
      .filter(({ name }) => name === 'holdfast_edge_scores_total')
      .filter((sample) => is.every(([label, value]) => sample.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }
});

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      answer.on('end', () => resolve(text));
    });
    asked.on('error', reject);
    asked.end();
  });
}
