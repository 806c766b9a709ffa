import { type Content, validatePayload } from '../bundles/index.ts';
import type { BundleKind } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import type { ListsFile } from '../contract/kinds/listsFile.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import type { SignalsFile } from '../contract/kinds/signalsFile.ts';
import type { SitesFile } from '../contract/kinds/sitesFile.ts';
import { requestHead } from '../http/index.ts';
import type { CheckTask } from './checkTask.ts';
import { adversarialHeads } from './rehearsal/adversarialHeads.ts';
import { type JudgeFiles, rehearseJudges } from './rehearsal/rehearsal.ts';
import { rehearseLists } from './rehearsal/rehearseLists.ts';
import { rehearseSites } from './rehearsal/rehearseSites.ts';

/** Validates and rehearses one payload; runs in the validator process. No findings: it may be tried on a worker. */
export function checkBundle(task: CheckTask, nowMs: () => number): readonly Finding[] {
  const lists = currentFile<ListsFile>(task, 'lists');
  const features = currentFile<FeatureFile>(task, 'features');
  const shippedFeatures = readFile<FeatureFile>('features', task.shippedFeatures);
  const model = currentFile<ModelFile>(task, 'model');
  const signals = currentFile<SignalsFile>(task, 'signals');
  const content = validatePayload(task.kind, task.payload, { lists, features, model, signals, shippedFeatures });
  if (!content.ok) return content.error;
  return rehearse(task, content.value, { lists, features, model, signals }, nowMs);
}

function rehearse(task: CheckTask, content: Content, old: JudgeFiles, nowMs: () => number): readonly Finding[] {
  // Only plain fields cross between processes.
  const real = task.heads.map((head) => requestHead({ ...head, authority: head.host }));
  const adversarial = adversarialHeads();
  switch (content.kind) {
    case 'lists': {
      const sites = currentFile<SitesFile>(task, 'sites');
      const next = { ...old, lists: content.file };
      return [
        ...rehearseLists(old.lists, content.file, sites, real, task.acceptShift),
        ...rehearseJudges(old, next, real, adversarial, task.acceptShift, nowMs),
      ];
    }
    case 'features':
    case 'model':
    case 'signals': {
      const next = { ...old, [content.kind]: content.file };
      return rehearseJudges(old, next, real, adversarial, task.acceptShift, nowMs);
    }
    case 'sites':
      return rehearseSites(currentFile<SitesFile>(task, 'sites'), content.file, [...adversarial, ...real], nowMs);
    case 'switches':
      return [];
  }
}

/** A payload in force, which was validated when it came; one that is unreadable now is compared with nothing. */
function currentFile<File>(task: CheckTask, kind: BundleKind): File | undefined {
  return readFile(kind, task.current[kind]);
}

function readFile<File>(kind: BundleKind, payload: Uint8Array | undefined): File | undefined {
  if (payload === undefined) return undefined;
  const content = validatePayload(kind, payload, {});
  return content.ok ? (content.value.file as File) : undefined;
}
