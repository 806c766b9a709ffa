import type { Evaluation } from './evaluation/evaluate.ts';
import type { Comparison, GroupFigures, HeldOutEvaluation } from './evaluation/heldOutEvaluation.ts';
import type { Share } from './evaluation/statistics.ts';
import type { Verdicts } from './ownLog/index.ts';
import type { TrainingReport } from './trainModel.ts';

/** The report for people; the same figures stand in its JSON. */
export function renderReport(report: TrainingReport): string {
  const { options, data, fresh, freshUnseenHeads, recorded } = report;
  return `# ${report.ownLog === null ? 'The shipped model' : 'A site’s own model'}

Made by \`holdfast train --seed ${options.seed} --sessions ${options.sessions} --trees ${options.trees}\`; the same command gives the same model.
Gradient-boosted trees of our own trainer: ${report.trees} trees, ${report.nodes} nodes, ${report.features.length} features read, ${report.trainedRows} rows.

## Data
${data.sessions} sessions, ${data.requests} requests. The distinct heads among them, leaving aside what the site and the visit put in (host,
referer, origin, cookie, length), are ${data.distinctHeads}. Real clients were recorded in ${data.recordedSessions} sessions by \`tools/record-clients.ts\` and the lab (\`docs/lab.md\`), ${data.recordedPeople} of them people's
(headed browsers driven by keyboard and mouse). They are in training ${data.recordedVariations} times, varied in language, pasted user
agent and pace; a variation is no further client. All other sessions are made up from facts about browsers and tools, people's
with the help of the packages \`header-generator\` and \`user-agents\`. About a third of all visits are plain http to a named host,
where browsers send neither client hints nor fetch metadata; in a third of those over TLS it ends elsewhere and the handshake is not seen.
${ownLogText(report)}
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
${heldOutText(report)}

## Features by use
${report.features.map(({ name, nodes }) => `${name} ${nodes}`).join(', ')}.

## What it cannot do
One request whose bytes equal a headed browser's gets a headed browser's score: headless Chromium whose user agent is
replaced by exactly that of the headed one sends them. The data is made, not sampled from the internet; shares above say how
well the model separates this data, not how much of a site's traffic it gets right.
`;
}

/** Nothing where no log was read. */
function ownLogText({ ownLog }: TrainingReport): string {
  if (ownLog === null) return '';
  const { clients, evaluation, trainedRows } = ownLog;
  const counts = Object.entries(clients).map(([reason, count]) => `${count} ${reason}`);
  const row = (name: string, { peopleBelow30, programsBelow30, auc }: Verdicts) =>
    `| ${name} | ${percent(peopleBelow30)} | ${percent(programsBelow30)} | ${figure(auc, 4)} |`;
  return `
## The site’s own log
${trainedRows} rows of it were learned from. Its clients, by what told who they were: ${counts.join(', ')}; nothing was learned from the unknown.
Heuristics, proofs and how a visit went are weak witnesses: a program that visits like a person counts as one here. A fifth of the clients was kept
back, ${evaluation.people} requests of people and ${evaluation.programs} of programs. By the models alone, without heuristics:

| model | people below 30 | programs below 30 | AUC |
|---|---|---|---|
${row('shipped', evaluation.shipped)}
${row('this one', evaluation.own)}
`;
}

function heldOutText({ heldOut, heldOutFigures: figures }: TrainingReport): string {
  if (figures === null) return 'Not evaluated: the model was made with `--quick`.';
  return `Trained without the families and judged on them alone, by the figure to believe for clients that nobody has seen yet.
Several families are left out of one training, which is harder for each than going alone; the folds are:
${figures.folds.map((name) => `*${name}*`).join('; ')}. Where people's browsers are left out, so is every program that claims to be one of them.
*Below 30* is what people should not be and programs should: of first requests, of tenth ones (the last of sessions with five to
nine), and of all. In brackets the number of cases and the 95 % interval (Wilson). Heads are distinct ones.

${groupTable(figures.groups)}

That is of recorded sessions alone where nothing else is said. AUC over those of newer versions and of programs ${figure(figures.auc, 4)}. Expected calibration error ${figure(figures.calibrationError, 3)}
${calibrationText(figures)}; people and programs weigh the same.

### Beside others
At the same share of people's requests taken for a program's, over the recorded requests of newer versions and of programs:

${comparisonTable(figures.comparisons)}

### Each family
${heldOutFamilies(figures)}

Trainings and rows: ${heldOut.map(({ name, evaluation }) => `${name}, ${evaluation.rows}`).join('; ')}.`;
}

function calibrationText({ calibration, calibrationErrorBefore }: HeldOutEvaluation): string {
  const { scale, shift } = calibration;
  if (scale === 1 && shift === 0) return 'as the forest says it: nothing is scaled where that is within 0.03';
  return `with each half of the clients calibrated by what the other says (before: ${figure(calibrationErrorBefore, 3)}); the model's log-odds are scaled by ${figure(scale, 3)} and shifted by ${figure(shift, 3)}`;
}

function groupTable(groups: readonly GroupFigures[]): string {
  return [
    '| who | sessions | heads | below 30: first request | tenth | all |',
    '|---|---|---|---|---|---|',
    ...groups.map(
      ({ name, sessions, heads, first, tenth, whole }) =>
        `| ${name} | ${sessions} | ${heads} | ${cell(first)} | ${cell(tenth)} | ${cell(whole)} |`,
    ),
  ].join('\n');
}

function comparisonTable(comparisons: readonly Comparison[]): string {
  return [
    '| | AUC | people taken for a program | it finds | the forest finds | with heuristics |',
    '|---|---|---|---|---|---|',
    ...comparisons.map(
      ({ name, auc, people, caught, forestAloneCaught, forestCaught }) =>
        `| ${name} | ${figure(auc, 4)} | ${cell(people)} | ${percent(caught.share)} | ${percent(forestAloneCaught.share)} | ${percent(forestCaught.share)} |`,
    ),
  ].join('\n');
}

function heldOutFamilies({ families }: HeldOutEvaluation): string {
  return [
    '| family | | data | left out by | sessions | heads | below 30: first request | tenth | all |',
    '|---|---|---|---|---|---|---|---|---|',
    ...families.map(
      ({ family, label, source, kind, sessions, heads, first, tenth, whole }) =>
        `| ${family} | ${label === 'human' ? 'people' : 'bots'} | ${source} | ${kind} | ${sessions} | ${heads} | ${cell(first)} | ${cell(tenth)} | ${cell(whole)} |`,
    ),
  ].join('\n');
}

function cell({ share, of, low, high }: Share): string {
  return of === 0 ? '–' : `${percent(share)} (${of}; ${figure(low * 100, 1)}–${figure(high * 100, 1)})`;
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

const percent = (share: number) => `${figure(share * 100, 2)} %`;
const figure = (value: number, digits: number) => (Number.isNaN(value) ? '–' : value.toFixed(digits));
