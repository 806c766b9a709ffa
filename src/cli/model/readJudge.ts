import { closeSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BotJudge, compileFeatures, compileModel } from '../../bots/index.ts';
import { type Content, validatePayload } from '../../bundles/index.ts';
import { type BundleKind, type Companions, payloadBytesMax } from '../../contract/bundleKind.ts';
import type { FeatureFile } from '../../contract/kinds/featureFile.ts';
import { err, ok, type Result } from '../../kernel/result.ts';

/** Files named on a command line; undefined: the shipped one. */
export interface JudgeFiles {
  readonly features: string | undefined;
  readonly model: string | undefined;
}

export interface ReadJudge {
  readonly features: FeatureFile;
  readonly judge: BotJudge;
}

const shipped = {
  features: new URL('../../../shipped/features.json', import.meta.url),
  model: new URL('../../../shipped/model.json', import.meta.url),
};

/** Both files pass the validator that every edge asks; all that is wrong with them is told. */
export function readJudge(options: JudgeFiles): Result<ReadJudge, string> {
  const features = readPayload('features', options.features ?? shipped.features, {});
  if (!features.ok) return features;
  const model = readPayload('model', options.model ?? shipped.model, { features: features.value.file });
  if (!model.ok) return model;
  const compiled = compileFeatures(features.value.file);
  const judge = new BotJudge(compiled, compileModel(model.value.file, compiled));
  return ok({ features: features.value.file, judge });
}

function readPayload<Kind extends BundleKind>(
  kind: Kind,
  path: string | URL,
  companions: Companions,
): Result<Content<Kind>, string> {
  const bytes = readBounded(path, payloadBytesMax[kind]);
  if (!bytes.ok) return bytes;
  const content = validatePayload(kind, bytes.value, companions);
  if (content.ok) return content;
  const lines = content.error.map(({ reason, message }) => `  ${reason}: ${message}`);
  return err([`${nameOf(path)} would be refused:`, ...lines].join('\n'));
}

/** Reads one byte more than the bound at most, so that whoever parses it can say that it is too long. */
export function readBounded(path: string | URL, bytesMax: number): Result<Uint8Array, string> {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(bytesMax + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < buffer.length; length += read) {
        read = readSync(descriptor, buffer, length, buffer.length - length, null);
      }
      return ok(buffer.subarray(0, length));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return err(`there is no file ${nameOf(path)}`);
    if (code === 'EISDIR') return err(`${nameOf(path)} is a folder; name a file`);
    return err(`${nameOf(path)} cannot be read: ${message}`);
  }
}

function nameOf(path: string | URL): string {
  return typeof path === 'string' ? path : fileURLToPath(path);
}
