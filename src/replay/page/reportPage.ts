import type { ReplaySummary } from '../judge/replaySummary.ts';
import { evaluationSection, type ModelReport } from './evaluationSection.ts';
import { escaped } from './html.ts';
import { headline, replaySections } from './replaySections.ts';
import { style } from './style.ts';

export interface ReportPageInput {
  /** undefined: the page is about the model alone. */
  readonly replay: ReplaySummary | undefined;
  readonly report: ModelReport | undefined;
  /** Version of the software that made the page. */
  readonly madeBy: string;
  readonly madeAtMs: number;
}

/** One page that needs nothing else: it asks no server for anything, and its policy forbids it to. */
export function reportPage({ replay, report, madeBy, madeAtMs }: ReportPageInput): string {
  const title = replay === undefined ? 'Holdfast: the model' : `Holdfast: ${replay.log.file}`;
  const head = replay === undefined ? '<header><h1>The model of Holdfast</h1></header>' : headline(replay);
  const sections = [
    ...(replay === undefined ? [] : replaySections(replay, madeAtMs)),
    ...(report === undefined ? [] : [evaluationSection(report)]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
${head}
${sections.join('\n')}
<footer>Made by ${escaped(madeBy)} on ${new Date(madeAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC. This file asks nobody for anything; addresses and user agents in it are your visitors’.</footer>
</body>
</html>
`;
}
