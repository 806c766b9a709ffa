import { writeSync } from 'node:fs';
import { type BundleKind, bundleKinds } from '../../src/contract/bundleKind.ts';
import type { FaultPoints } from '../../src/kernel/faults.ts';
import { refuseFrom, startPretendEdge } from './pretendEdge.ts';
import { bundle, type Keys } from './smallBundles.ts';

/** Versions of the story: 1 ran before, 2 is good, 3 is one that the workers refuse. */
export const story = { before: 1, good: 2, refused: 3 } as const;

/** Brings version 1 of every kind into force, before anything is tested. */
export async function prepare(data: string, keys: Keys): Promise<void> {
  const edge = startPretendEdge({ data, keys, watchMs: 1 });
  for (const kind of bundleKinds) await edge.agent.offer(kind, bundle(keys, kind, story.before), 'local');
  edge.stop();
}

/**
 * A good and a refused version of `kinds`, and a local switch: between them every fault point is reached. Tells `tell`
 * of each step that is over, so that whoever reads it knows what may not be lost.
 */
export async function goTheWay(
  data: string,
  keys: Keys,
  kinds: readonly BundleKind[],
  faults: FaultPoints,
  tell: (line: string) => void,
): Promise<void> {
  const edge = startPretendEdge({ data, keys, faults, behaviour: refuseFrom(story.refused), watchMs: 1 });
  for (const kind of kinds) {
    for (const version of [story.good, story.refused]) {
      const outcome = await edge.agent.offer(kind, bundle(keys, kind, version), 'local');
      tell(`${outcome.outcome} ${kind} ${version}`);
    }
  }
  await edge.agent.setLocalSwitch('bots', true);
  tell('killed bots');
  edge.stop();
}

/** Written at once: a line that was read was true before the process ended. */
export function tellParent(line: string): void {
  writeSync(1, `${line}\n`);
}
