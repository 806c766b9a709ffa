import type { Evaluation } from './evaluate.ts';
import type { TrainingReport } from './trainModel.ts';

/** The report for people; the same figures stand in its JSON. */
export function renderReport(report: TrainingReport): string {
  const { options, data, fresh } = report;
  return `# The shipped model

Made by \`holdfast train --seed ${options.seed} --sessions ${options.sessions} --trees ${options.trees}\`; the same command gives the same model.
${report.trainer}: ${report.trees} trees, ${report.nodes} nodes, ${report.features.length} features read, ${report.trainedRows} rows.

## Data
${data.sessions} sessions (${data.recordedSessions} recorded from real clients and varied, the others made up from facts about
browsers and tools), ${data.requests} requests, ${data.distinctHeads} different heads. People come from headed Chromium and Firefox on this
kind of machine and from the packages \`header-generator\` and \`user-agents\`; about a third of all visits are plain http to a named
host, where browsers send neither client hints nor fetch metadata. One session in six shares its address with others.

## Fresh sessions of the same families
Other clients than those trained on, made with another seed. AUC ${figure(fresh.auc, 4)}; people below 30: ${percent(fresh.peopleBelow30)};
bots at 30 or above: ${percent(fresh.botsAtLeast30)} (${fresh.rows} rows).

${familyTable(fresh)}

*Wrong* is a person below 30 or a bot at 30 and above; *first* counts only the first request of a session. An imitator sends
a browser's very bytes, so that its first request is a person's; it is there to be told by what it does later. Headless
Chromium with the user agent of a headed one, over plain http, is nearly the same case.

## Families held out
Trained without the family (on a third of the sessions), judged on it alone. This is the figure to believe for clients
that nobody has seen yet. Where people's families are held out, programs that borrow their user agent are kept from
training too.

| without | rows | wrong |
|---|---|---|
${report.heldOut.map(({ name, evaluation }) => `| ${name} | ${evaluation.rows} | ${percent(wrongShare(evaluation))} |`).join('\n')}

## Features by use
${report.features.map(({ name, nodes }) => `${name} ${nodes}`).join(', ')}.

## What it cannot do
One request whose bytes equal a headed browser's gets a headed browser's score: headless Chromium whose user agent is
replaced by exactly that of the headed one sends them. The data is made, not sampled from the internet; shares above say how
well the model separates this data, not how much of a site's traffic it gets right.
`;
}

function familyTable(evaluation: Evaluation): string {
  const rows = evaluation.families.map(
    ({ family, label, rows, medianScore, wrongShare, wrongShareFirst }) =>
      `| ${family} | ${label === 'human' ? 'people' : 'bots'} | ${rows} | ${medianScore} | ${percent(wrongShare)} | ${percent(wrongShareFirst)} |`,
  );
  return ['| family | | rows | median score | wrong | wrong, first |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function wrongShare(evaluation: Evaluation): number {
  const wrong = evaluation.families.reduce((sum, family) => sum + family.wrongShare * family.rows, 0);
  return evaluation.rows === 0 ? 0 : wrong / evaluation.rows;
}

const percent = (share: number) => `${figure(share * 100, 2)} %`;
const figure = (value: number, digits: number) => (Number.isNaN(value) ? '–' : value.toFixed(digits));
