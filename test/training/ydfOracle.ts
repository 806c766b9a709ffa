/*
 * Google's own inference over a saved YDF model, in a process of its own (the library hooks `uncaughtException`):
 * argv[2] the model's folder, argv[3] a training table, argv[4] where the probabilities of "human" go as Float64.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { decodeTable } from '../../src/factory/training/trainingTable.ts';

interface Inference {
  loadModelFromZipBlob(zip: Uint8Array): Promise<{
    readonly labelClasses?: readonly string[];
    getLabelClasses?(): readonly string[];
    predict(examples: Record<string, (number | null)[]>): number[];
  }>;
}
interface Zip {
  file(name: string, content: Uint8Array): void;
  generateAsync(options: { type: 'uint8array' }): Promise<Uint8Array>;
}

const [modelFolder = '', tablePath = '', outPath = ''] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const JSZip = require('jszip') as new () => Zip;
Object.assign(globalThis, { JSZip });
const load = require('ydf-inference') as (options: object) => Promise<Inference>;
const ydf = await load({ print() {}, printErr() {} });

const zip = new JSZip();
for (const name of readdirSync(modelFolder)) zip.file(name, readFileSync(join(modelFolder, name)));
const model = await ydf.loadModelFromZipBlob(await zip.generateAsync({ type: 'uint8array' }));

const table = decodeTable(readFileSync(tablePath));
const examples: Record<string, (number | null)[]> = {};
table.names.forEach((name, index) => {
  // null is how this library is told that a value is missing.
  examples[name] = Array.from(table.columns[index]!, (value) => (Number.isNaN(value) ? null : value));
});
const classes = model.labelClasses ?? model.getLabelClasses?.() ?? [];
// For two classes the library gives the probability of the second.
const isHumanSecond = classes[1] === 'human';
const human = Float64Array.from(model.predict(examples), (value) => (isHumanSecond ? value : 1 - value));
writeFileSync(outPath, new Uint8Array(human.buffer));
process.exit(0);
