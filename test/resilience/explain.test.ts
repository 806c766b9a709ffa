import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ScoreJson } from '../../src/bots/scoreJson.ts';
import { runVerb } from '../../src/cli/terminal/runVerb.ts';
import { scoreVerb } from '../../src/cli/verbs/scoreVerb.ts';
import { dataFolder } from '../../src/contract/dataFolder.ts';
import { headLimits } from '../../src/http/index.ts';
import { startRealEdge } from './realEdge.ts';

test('a running edge explains the score of a head with what is in force', { timeout: 120_000 }, async () => {
  const edge = await startRealEdge({ workers: 1 });
  try {
    const socket = dataFolder(edge.data).agentSocket;
    await edge.until('the agent answers', async () => (await edge.status()).versions.features !== undefined);
    const head = 'GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: Some Program\r\n\r\n';
    const explained = await ask(
      socket,
      '?scheme=https&client=192.0.2.1&ja4=t13d1516h2_8daaf6152771_02713d6af862',
      head,
    );
    assert.equal(explained.status, 200);
    const { versions, model, reasons, score: said } = JSON.parse(explained.text) as ScoreJson;
    assert.deepEqual(versions, { features: 0, model: 0 });
    assert.ok(said !== null && model !== null);
    const sum = reasons.reduce(
      (total, reason) => total + ('contribution' in reason ? reason.contribution : 0),
      model.base,
    );
    assert.ok(Math.abs(sum - model.logOdds) < 1e-9, 'base and contributions make the log-odds');

    assert.equal((await ask(socket, '', 'no head')).status, 422);
    assert.equal((await ask(socket, '?scheme=ftp', head)).status, 422);
    assert.equal((await ask(socket, '', 'x'.repeat(headLimits.headBytesMax + 1))).status, 413);

    const file = join(edge.data, 'head.txt');
    writeFileSync(file, head);
    let out = '';
    const io = {
      stdout: { write: (text: string) => (out += text) },
      stderr: { write: (text: string) => (out += text) },
    };
    assert.equal(await runVerb(scoreVerb, [file, '--edge', '--data', edge.data], io), 0, out);
    assert.match(out, /^score \d+ of 99[\s\S]*versions: features 0, model 0/);
  } finally {
    await edge.stop();
  }
});

function ask(socketPath: string, query: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'POST', path: `/local/score${query}` }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
