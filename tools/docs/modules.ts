import { moduleDeclarations } from '../../src/modules/all.ts';
import type { FailureMeaning, ModuleDeclaration } from '../../src/modules/row/declaration.ts';
import type { Section } from './section.ts';
import { table, words } from './table.ts';

const rows: readonly ModuleDeclaration[] = moduleDeclarations;
const file = 'docs/modules.md';

export const modulesSection: Section = {
  file,
  marker: 'modules',
  make: () =>
    table(
      ['module', 'what it does', 'acts in', 'keys of a site'],
      rows.map(({ name, says, phases, siteKeys = [] }) => [words([name]), says, words(phases), words(siteKeys)]),
    ),
};

const before: Readonly<Record<FailureMeaning['before'], string>> = {
  open: 'open: goes on without it',
  closed: 'closed: 503 `module-closed`',
  stale: 'stale: its last answer, else without it',
};
const behind: Readonly<Record<FailureMeaning['afterFirstByte'], string>> = {
  'leave-out': 'the rest goes on without it, unless it changes the body: then the connection is cut',
  cut: 'the connection is cut',
};

export const failuresSection: Section = {
  file,
  marker: 'failures',
  make: () =>
    table(
      ['module', 'before the first byte', 'behind it', 'what stands in'],
      rows.map(({ name, failure, neutral, isBystander }) => [
        words([name]),
        before[failure.before],
        behind[failure.afterFirstByte],
        isBystander === true ? `${neutral} Its failures take no bundle back.` : neutral,
      ]),
    ),
};

export const moduleReasonsSection: Section = {
  file,
  marker: 'module reasons',
  make: () =>
    table(
      ['`Holdfast-Error`', 'module', 'status', 'says', 'counted as'],
      rows.flatMap(({ name, reasons = {} }) =>
        Object.entries(reasons).map(([word, { status, says, isWished }]) => [
          words([word]),
          words([name]),
          status === null ? 'as the site says' : String(status),
          says,
          isWished === true ? 'refusal' : 'error',
        ]),
      ),
    ),
};

export const traceSection: Section = {
  file,
  marker: 'trace lines',
  make: () =>
    table(
      ['line', 'module', 'what it says'],
      rows.flatMap(({ name, trace = {} }) =>
        Object.entries(trace).map(([line, says]) => [words([line]), words([name]), says]),
      ),
    ),
};

export const switchesSection: Section = {
  file,
  marker: 'switches',
  make: () =>
    table(
      ['switch', 'what is off'],
      [
        ...rows.map(({ name, neutral }) => [words([name]), neutral]),
        ...rows
          .flatMap(({ ruleActions = {} }) => Object.keys(ruleActions))
          .map((action) => [
            words([`action:${action}`]),
            action === 'log' ? 'no rule marks a request' : `no rule may ${action}; those that would are noted as dry`,
          ]),
        [words(['rule:SITE/NAME']), 'this rule is not asked'],
      ],
    ),
};
