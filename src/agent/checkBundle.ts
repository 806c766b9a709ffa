import { type Content, filesOf, validatePayload } from '../bundles/index.ts';
import { bundleKinds, isRehearsedKind, type RehearsedKind } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import { requestHead } from '../http/index.ts';
import type { CheckTask } from './checkTask.ts';
import { adversarialHeads } from './rehearsal/adversarialHeads.ts';
import { type RehearsalParts, rehearsals } from './rehearsal/rehearsals.ts';

/** Validates and rehearses one payload; runs in the validator process. No findings: it may be tried on a worker. */
export function checkBundle(task: CheckTask, nowMs: () => number): readonly Finding[] {
  const { kind, payload, acceptShift } = task;
  // Validated when they came; one that is unreadable now is compared with nothing.
  const old = filesOf(bundleKinds, (each) => task.current[each]);
  const shipped = filesOf(bundleKinds, (each) => task.shipped?.[each]);
  const content = validatePayload(kind, payload, { ...old, shipped });
  if (!content.ok) return content.error;
  if (!isRehearsed(content.value)) return [];
  // Only plain fields cross between processes.
  const real = task.heads.map((head) => requestHead({ ...head, authority: head.host }));
  return rehearse(content.value, { old, real, adversarial: adversarialHeads(), acceptShift, nowMs });
}

function isRehearsed(content: Content): content is Content<RehearsedKind> {
  return isRehearsedKind(content.kind);
}

function rehearse<Kind extends RehearsedKind>(content: Content<Kind>, parts: RehearsalParts): readonly Finding[] {
  return rehearsals[content.kind](content.file, parts);
}
