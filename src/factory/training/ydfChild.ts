/*
 * The process in which YDF trains. It stands alone because the library hooks `uncaughtException`, writes to the console
 * and keeps its memory: started by `trainForest`, it ends with the training. argv[2] is the table file, argv[3] the
 * folder for the model's files.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { decodeTable } from './trainingTable.ts';

const [tablePath = '', outFolder = ''] = process.argv.slice(2);

/** What YDF's `save` needs of a global JSZip; ours keeps the files apart. */
class FileCollector {
  readonly #files: Record<string, Uint8Array> = {};
  file(name: string, content: Uint8Array): void {
    this.#files[name] = content;
  }
  async generateAsync(): Promise<Record<string, Uint8Array>> {
    return this.#files;
  }
}

interface Ydf {
  readonly GradientBoostedTreesLearner: new (
    label: string,
    task: string,
  ) => { train(table: Record<string, number[] | string[]>): { save(): Promise<Record<string, Uint8Array>> } };
}

Object.assign(globalThis, { JSZip: FileCollector });
console.log = () => {};
const load = createRequire(import.meta.url)('ydf-training') as (options: object) => Promise<Ydf>;
const ydf = await load({ print() {}, printErr() {} });

const table = decodeTable(readFileSync(tablePath));
const columns: Record<string, number[] | string[]> = {};
table.names.forEach((name, index) => {
  columns[name] = Array.from(table.columns[index] ?? []);
});
columns[table.labelName] = Array.from(table.humans, (human) => (human === 1 ? 'human' : 'bot'));

const files = await new ydf.GradientBoostedTreesLearner(table.labelName, 'CLASSIFICATION').train(columns).save();
mkdirSync(outFolder, { recursive: true });
for (const [name, content] of Object.entries(files)) writeFileSync(join(outFolder, name), content);
process.exit(0);
