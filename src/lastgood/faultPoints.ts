import { bundleKinds } from '../contract/bundleKind.ts';
import { durableSteps } from './durableFile.ts';

const renameSteps = ['before-rename', 'after-rename', 'after-folder-sync'] as const;

/** Every point that last good reaches; a test ends the process at each of them. */
export const lastGoodFaultPoints: readonly string[] = [
  ...['lastgood.state', 'lastgood.state-copy', 'lastgood.local-switches'].flatMap((file) =>
    durableSteps.map((step) => `${file}.${step}`),
  ),
  ...bundleKinds.flatMap((kind) => [
    ...durableSteps.map((step) => `lastgood.${kind}.store.${step}`),
    ...renameSteps.map((step) => `lastgood.${kind}.promote.${step}`),
    ...renameSteps.map((step) => `lastgood.${kind}.quarantine.${step}`),
    `lastgood.${kind}.before-prune`,
    `lastgood.${kind}.after-prune`,
  ]),
];
