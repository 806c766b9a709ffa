import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildPackage } from '../holdfastPackage.ts';
import type { Contender } from './contender.ts';

/**
 * Everyone, and Holdfast as it is in another checkout: what a change costs is measured in one alternating run against the commit
 * before it, because two runs differ by more than most changes do.
 */
export function withBefore(everyone: readonly Contender[], checkout: string): readonly Contender[] {
  let launcher: string | undefined;
  const build = () => {
    if (launcher !== undefined) return launcher;
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-before-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    launcher = buildPackage(folder, resolve(checkout));
    return launcher;
  };
  return everyone.flatMap((contender) =>
    contender.name.startsWith('holdfast')
      ? [
          contender,
          {
            ...contender,
            name: `${contender.name}-before`,
            start: (setup: Parameters<Contender['start']>[0]) => contender.start({ ...setup, launcher: build }),
          },
        ]
      : [contender],
  );
}
