import { ownErrors, rejections } from '../../src/contract/reasons/answerReasons.ts';
import type { Section } from './section.ts';
import { table, words } from './table.ts';

const file = 'docs/operate/answers.md';

export const ownErrorsSection: Section = { file, marker: 'own errors', make: () => reasons(ownErrors) };
export const rejectionsSection: Section = { file, marker: 'rejections', make: () => reasons(rejections) };

function reasons(rows: Readonly<Record<string, { readonly status: number | null; readonly says: string }>>): string {
  return table(
    ['`Holdfast-Error`', 'status', 'what it means'],
    Object.entries(rows).map(([reason, { status, says }]) => [words([reason]), statusText(status), says]),
  );
}

/** 0: the connection just ends. */
function statusText(status: number | null): string {
  if (status === null) return 'as the site says';
  return status === 0 ? '–' : String(status);
}
