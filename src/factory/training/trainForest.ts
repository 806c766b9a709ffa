import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../../kernel/result.ts';
import { siblingEntry } from '../../kernel/siblingEntry.ts';
import { encodeTable, type TrainingTable } from './trainingTable.ts';
import type { YdfFiles } from './ydfModel.ts';

/** The longest training here took under two minutes; ten mean that it hangs. */
const trainingMsMax = 600_000;
const stderrCharsMax = 4_000;

/**
 * Trains gradient-boosted trees with YDF's defaults (300 trees of up to five questions, rate 0.1, early stopping on a tenth
 * of the rows; its JavaScript binding lets nobody change them) in a process of its own. The same table gives the same files.
 */
export async function trainForest(table: TrainingTable): Promise<Result<YdfFiles, string>> {
  if (!canTrain())
    return err('the package ydf-training is not installed: run `npm ci` in a checkout (it is a dev dependency)');
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-train-'));
  try {
    const tablePath = join(folder, 'table');
    const outFolder = join(folder, 'model');
    writeFileSync(tablePath, encodeTable(table));
    const problem = await runChild([siblingEntry(import.meta.url, 'ydfChild'), tablePath, outFolder]);
    if (problem !== undefined) return err(problem);
    return ok(Object.fromEntries(readdirSync(outFolder).map((name) => [name, readFileSync(join(outFolder, name))])));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function canTrain(): boolean {
  try {
    createRequire(import.meta.url).resolve('ydf-training');
    return true;
  } catch {
    return false;
  }
}

/** What went wrong, or undefined. */
function runChild(args: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: trainingMsMax });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-stderrCharsMax);
    });
    child.on('error', (error) => resolve(`the trainer did not start: ${error.message}`));
    child.on('close', (code, signal) => {
      resolve(code === 0 ? undefined : `the trainer ended with ${signal ?? `code ${code}`}: ${stderr.trim()}`);
    });
  });
}
