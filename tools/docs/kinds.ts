import { type BundleKind, bundleKinds, rowOf } from '../../src/contract/bundleKind.ts';
import { kindGroups } from '../../src/lastgood/lastGoodState.ts';
import { lastGoodLimits } from '../../src/lastgood/limits.ts';
import type { Section } from './section.ts';
import { table, words } from './table.ts';

const makers = {
  factory: 'the factory, which signs it',
  operator: 'an operator; control signs it',
  control: 'control, which signs it',
  edge: 'the edge, which signs it with a key of its own; control where edges take it from there',
} as const;

const yes = (is: boolean) => (is ? 'yes' : 'no');

/** What is decided about each kind: the rows of `contract/kinds/kindRows.ts`. */
export const kindsSection: Section = {
  file: 'docs/bundles.md',
  marker: 'kinds',
  make: () =>
    [
      table(
        ['kind', 'what it says', 'made by', 'payload at most', 'has to fit'],
        bundleKinds.map((kind) => {
          const { says, maker, payloadBytesMax } = rowOf(kind);
          return [words([kind]), says, makers[maker], size(payloadBytesMax), companions(kind)];
        }),
      ),
      table(
        ['kind', 'rehearsed on recent requests', 'comes into force', 'when workers die on it, an edge gives up'],
        bundleKinds.map((kind) => {
          const { rehearsal, rollout } = rowOf(kind);
          const way = rollout === 'staged' ? 'on one worker, watched, then on the others' : 'on all workers at once';
          return [words([kind]), rehearsal?.tries ?? 'nothing', way, demotion(kind)];
        }),
      ),
      table(
        ['kind', 'versions kept by control', 'ships with the software', 'can be frozen', 'version in the request log'],
        bundleKinds.map((kind) => {
          const { versionsKept, isShipped, isFreezable, isLogged } = rowOf(kind);
          return [
            words([kind]),
            String(versionsKept),
            isShipped ? `yes, \`shipped/${kind}.json\`` : 'no',
            yes(isFreezable),
            isLogged ? words([`${kind}_version`]) : 'no',
          ];
        }),
      ),
      `Kinds stand in the order in which they come into force. An edge keeps ${lastGoodLimits.bundlesKeptMax} versions of each beside those in use.`,
    ].join('\n\n'),
};

function size(bytes: number): string {
  return bytes < 1 << 20 ? `${bytes >> 10} KiB` : `${bytes >> 20} MiB`;
}

function companions(kind: BundleKind): string {
  const { companions: inForce, shippedCompanions } = rowOf(kind);
  const parts = [
    ...(inForce.length > 0 ? [`${words(inForce)} in force`] : []),
    ...(shippedCompanions.length > 0 ? [`${words(shippedCompanions)} as shipped`] : []),
  ];
  return parts.join('; ') || 'nothing';
}

function demotion(kind: BundleKind): string {
  const { demotion: how, isOftenNewest } = rowOf(kind);
  if (how === 'never') return 'never this';
  const together = kindGroups.find((group) => group.includes(kind)) ?? [kind];
  if (together.length > 1) return `${words(together)} together`;
  return isOftenNewest ? 'this alone, and next what came before it' : 'this alone';
}
