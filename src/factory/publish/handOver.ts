import { type SigningKey, signBundle } from '../../bundles/index.ts';
import type { BundleKind } from '../../contract/bundleKind.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import type { ControlPort } from './controlPort.ts';

export interface HandOverParts {
  readonly control: ControlPort;
  /** The key that signs now; read anew each cycle, so that a rotation needs no restart. May throw. */
  readonly signingKey: (kind: BundleKind) => SigningKey;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What became of a file that was handed to control: the ends of a cycle. */
export type HandOverOutcome =
  | { readonly outcome: 'stored' }
  | { readonly outcome: 'refused'; readonly by: 'control'; readonly findings: readonly Finding[] }
  | { readonly outcome: 'frozen' }
  | { readonly outcome: 'number-taken' }
  | { readonly outcome: 'key-unusable'; readonly error: string };

/** Signs a valid payload and gives it to control. Rejects with `ControlGone`. */
export async function handOver(
  { control, signingKey, clock }: HandOverParts,
  kind: BundleKind,
  version: number,
  payload: Uint8Array,
): Promise<HandOverOutcome> {
  let key: SigningKey;
  try {
    key = signingKey(kind);
  } catch (error) {
    return { outcome: 'key-unusable', error: (error as Error).message };
  }
  const answer = await control.publish(kind, signBundle({ kind, version, madeAtMs: clock.wallMs(), payload }, key));
  switch (answer.answer) {
    case 'stored':
      return { outcome: 'stored' };
    case 'conflict':
      return { outcome: 'number-taken' };
    case 'frozen':
      return { outcome: 'frozen' };
    case 'refused':
      return { outcome: 'refused', by: 'control', findings: answer.findings };
  }
}

/** Tells control what the factory refused. Never rejects: a refusal that is not told is in the log all the same. */
export async function tellRefusal(
  { control, log }: HandOverParts,
  kind: BundleKind,
  findings: readonly Finding[],
): Promise<void> {
  try {
    await control.reportRefusal(kind, findings);
  } catch (error) {
    log.warn('refusal-not-reported', { kind, error: (error as Error).message });
  }
}
