import type { Evaluation } from './evaluate.ts';
import type { TrainingReport } from './trainModel.ts';

/** The report for people; the same figures stand in its JSON. */
export function renderReport(report: TrainingReport): string {
  const { options, data, fresh, freshUnseenHeads, recorded } = report;
  return `# The shipped model

Made by \`holdfast train --seed ${options.seed} --sessions ${options.sessions} --trees ${options.trees}\`; the same command gives the same model.
${report.trainer}: ${report.trees} trees, ${report.nodes} nodes, ${report.features.length} features read, ${report.trainedRows} rows.

## Data
${data.sessions} sessions, ${data.requests} requests. The distinct heads among them, leaving aside what the site and the visit put in (host,
referer, origin, cookie, length), are ${data.distinctHeads}. Real clients were recorded in ${data.recordedSessions} sessions on one machine, ${data.recordedPeople} of them people's
(headed Chromium and headed Firefox, one version each). They are in training ${data.recordedVariations} times, varied in language, pasted user
agent and pace; a variation is no further client. All other sessions are made up from facts about browsers and tools, people's
with the help of the packages \`header-generator\` and \`user-agents\`. About a third of all visits are plain http to a named host,
where browsers send neither client hints nor fetch metadata.

## Fresh made sessions of the same families
Made by the same generator with another seed; no recorded session is among them. The families, and many heads, are those of
training, so this shows that the forest learnt the generator's clients, not how it does on the internet. AUC ${figure(fresh.auc, 4)};
people below 30: ${percent(fresh.peopleBelow30)}; bots at 30 or above: ${percent(fresh.botsAtLeast30)} (${fresh.rows} rows). On the ${freshUnseenHeads.rows} rows whose head does not
occur in training: AUC ${figure(freshUnseenHeads.auc, 4)}; people below 30: ${percent(freshUnseenHeads.peopleBelow30)}; bots at 30 or above: ${percent(freshUnseenHeads.botsAtLeast30)}.

${familyTable(fresh)}

*Wrong* is a person below 30 or a bot at 30 and above; *first* counts only the first request of a session. An imitator sends
a browser's very bytes, so that its first request is a person's; it is there to be told by what it does later. Headless
Chromium with the user agent of a headed one, over plain http, is nearly the same case.

## Recorded sessions, seen in training
The ${data.recordedSessions} sessions of real clients, once each as they were recorded. The model was trained on them, so right answers prove
little. Headless Chromium with the user agent of some headed Chromium, over plain http to a named host, sends a headed
browser's bytes; that session is the one to expect among the wrong.

${familyTable(recorded)}

## Families held out
Trained without the family (on a third of the sessions), judged on it alone, made and recorded sessions together. This is the
figure to believe for clients that nobody has seen yet. Where people's families are held out, programs that borrow their user
agent are kept from training too.

| without | sessions | rows | wrong |
|---|---|---|---|
${report.heldOut.map(({ name, evaluation }) => `| ${name} | ${sessionsOf(evaluation)} | ${evaluation.rows} | ${percent(wrongShare(evaluation))} |`).join('\n')}

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
    ({ family, label, sessions, rows, medianScore, wrongShare, wrongShareFirst }) =>
      `| ${family} | ${label === 'human' ? 'people' : 'bots'} | ${sessions} | ${rows} | ${medianScore} | ${percent(wrongShare)} | ${percent(wrongShareFirst)} |`,
  );
  return [
    '| family | | sessions | rows | median score | wrong | wrong, first |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function sessionsOf(evaluation: Evaluation): number {
  return evaluation.families.reduce((sum, family) => sum + family.sessions, 0);
}

function wrongShare(evaluation: Evaluation): number {
  const wrong = evaluation.families.reduce((sum, family) => sum + family.wrongShare * family.rows, 0);
  return evaluation.rows === 0 ? 0 : wrong / evaluation.rows;
}

const percent = (share: number) => `${figure(share * 100, 2)} %`;
const figure = (value: number, digits: number) => (Number.isNaN(value) ? '–' : value.toFixed(digits));
