import { bundleKinds, rowOf } from '../contract/bundleKind.ts';
import { lastGoodFaultPoints } from '../lastgood/index.ts';

const steps = [
  'after-verify',
  'before-validate',
  'after-validate',
  'before-confirm',
  'after-confirm',
  'before-quarantine',
  'after-quarantine',
  'before-ack',
  'after-ack',
  'before-nack',
  'after-nack',
  'before-swap-rest',
  'after-swap-rest',
] as const;

/** Steps that a kind which comes at once does not have: it goes to every worker. */
const stagedSteps = ['before-swap-first', 'after-swap-first'] as const;

/** Every named point on a bundle's way into force, the ones of last good included. */
export const faultPoints: readonly string[] = [
  ...bundleKinds.flatMap((kind) => [
    ...steps.map((step) => `agent.${kind}.${step}`),
    ...(rowOf(kind).rollout === 'at-once' ? [] : stagedSteps.map((step) => `agent.${kind}.${step}`)),
  ]),
  ...lastGoodFaultPoints,
];
