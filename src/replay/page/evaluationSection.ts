import { count, escaped, percent, section, table } from './html.ts';
import { calibrationPlot, shareBar } from './plots.ts';

/** What the page reads of `model-report.json`; figures that are not there are not shown. */
export interface ModelReport {
  readonly trainer?: string;
  readonly trees?: number;
  readonly nodes?: number;
  readonly features?: readonly unknown[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly fresh?: ReportedEvaluation;
  readonly freshUnseenHeads?: ReportedEvaluation;
  readonly recorded?: ReportedEvaluation;
  readonly heldOut?: readonly { readonly name: string; readonly evaluation: ReportedEvaluation }[];
  /** Groups of rows by predicted probability, held out. */
  readonly calibration?: {
    readonly ece?: number;
    readonly bins?: readonly { readonly predicted: number; readonly observed: number; readonly rows: number }[];
  };
  readonly [more: string]: unknown;
}

export interface ReportedEvaluation {
  readonly rows: number;
  readonly auc: number | null;
  readonly peopleBelow30: number;
  readonly botsAtLeast30: number;
  readonly families: readonly ReportedFamily[];
}

export interface ReportedFamily {
  readonly family: string;
  readonly label: 'human' | 'bot';
  readonly sessions: number;
  readonly rows: number;
  readonly medianScore: number;
  readonly wrongShare: number;
  readonly wrongShareFirst: number;
  /** Shares wrong at a session's tenth request and over whole sessions, where the report has them. */
  readonly wrongShareTenth?: number;
  readonly wrongShareSession?: number;
  readonly distinctHeads?: number;
}

interface Row extends ReportedFamily {
  readonly name: string;
}

/** The model's evaluation, from the file that `holdfast train` writes beside the model. */
export function evaluationSection(report: ModelReport): string {
  const parts: string[] = [];
  const { fresh, freshUnseenHeads, recorded, heldOut, calibration } = report;
  const summaries = [
    { name: 'made sessions of known families', evaluation: fresh },
    { name: 'of those, heads that training never saw', evaluation: freshUnseenHeads },
    { name: 'recorded sessions of real clients, seen in training', evaluation: recorded },
  ].filter((row): row is { name: string; evaluation: ReportedEvaluation } => isEvaluation(row.evaluation));
  if (summaries.length > 0) parts.push(summaryTable(summaries));
  const rows = (heldOut ?? []).filter(({ evaluation }) => isEvaluation(evaluation)).map(heldOutRow);
  if (rows.length > 0) {
    parts.push(
      '<h3>Families that training never saw</h3><p class="lead">The figures to believe for clients that nobody has met yet.</p>',
      familyTable(rows),
    );
  }
  if (calibration?.bins !== undefined && calibration.bins.length > 0) parts.push(calibrationPart(calibration));
  const trained = [
    report.trees === undefined ? '' : `${count(report.trees)} trees`,
    report.nodes === undefined ? '' : `${count(report.nodes)} nodes`,
    report.features === undefined ? '' : `${count(report.features.length)} features read`,
    report.trainer ?? '',
  ].filter((text) => text !== '');
  return section(
    'How good the model is',
    `${escaped(trained.join(' · '))}. <i>Wrong</i> is a person below 30 or a program at 30 and above; the data is made and recorded, not the internet.`,
    ...parts,
  );
}

function summaryTable(rows: readonly { readonly name: string; readonly evaluation: ReportedEvaluation }[]): string {
  type Summary = (typeof rows)[number];
  return table(
    [
      { head: 'judged on', cell: ({ name }: Summary) => escaped(name) },
      { head: 'requests', isNumber: true, cell: ({ evaluation }: Summary) => count(evaluation.rows) },
      {
        head: 'AUC',
        isNumber: true,
        isExtra: true,
        cell: ({ evaluation }: Summary) => (evaluation.auc === null ? '–' : evaluation.auc.toFixed(4)),
      },
      { head: 'people below 30', isNumber: true, cell: ({ evaluation }: Summary) => share(evaluation.peopleBelow30) },
      { head: 'programs missed', isNumber: true, cell: ({ evaluation }: Summary) => share(evaluation.botsAtLeast30) },
    ],
    rows,
  );
}

/** One row per held-out group, its families put together. */
function heldOutRow({ name, evaluation }: { readonly name: string; readonly evaluation: ReportedEvaluation }): Row {
  const { families } = evaluation;
  const sum = (of: (family: ReportedFamily) => number) => families.reduce((total, family) => total + of(family), 0);
  const weighted = (of: (family: ReportedFamily) => number | undefined, by: (family: ReportedFamily) => number) => {
    const whole = sum(by);
    return whole === 0 ? 0 : sum((family) => (of(family) ?? 0) * by(family)) / whole;
  };
  const rows = ({ rows }: ReportedFamily) => rows;
  const sessions = ({ sessions }: ReportedFamily) => sessions;
  const hasAll = (key: 'wrongShareTenth' | 'wrongShareSession') =>
    families.length > 0 && families.every((family) => typeof family[key] === 'number');
  return {
    name,
    family: name,
    label: families[0]?.label ?? 'bot',
    sessions: sum(sessions),
    rows: evaluation.rows,
    medianScore: families[0]?.medianScore ?? 0,
    wrongShare: weighted(({ wrongShare }) => wrongShare, rows),
    wrongShareFirst: weighted(({ wrongShareFirst }) => wrongShareFirst, sessions),
    ...(hasAll('wrongShareTenth') ? { wrongShareTenth: weighted((each) => each.wrongShareTenth, sessions) } : {}),
    ...(hasAll('wrongShareSession') ? { wrongShareSession: weighted((each) => each.wrongShareSession, sessions) } : {}),
  };
}

function familyTable(rows: readonly Row[]): string {
  const hasTenth = rows.some(({ wrongShareTenth }) => wrongShareTenth !== undefined);
  return table(
    [
      { head: 'left out', cell: ({ name }: Row) => escaped(name) },
      { head: 'sessions', isNumber: true, cell: ({ sessions }: Row) => count(sessions) },
      { head: 'requests', isNumber: true, isExtra: true, cell: ({ rows: requests }: Row) => count(requests) },
      { head: 'wrong', isNumber: true, cell: ({ wrongShare }: Row) => share(wrongShare) },
      {
        head: '95 % interval',
        isNumber: true,
        isExtra: true,
        cell: ({ wrongShare, sessions }: Row) => interval(wrongShare, sessions),
      },
      {
        head: 'first request',
        isNumber: true,
        isExtra: true,
        cell: ({ wrongShareFirst }: Row) => share(wrongShareFirst),
      },
      ...(hasTenth
        ? [
            {
              head: 'tenth',
              isNumber: true,
              isExtra: true,
              cell: ({ wrongShareTenth }: Row) => (wrongShareTenth === undefined ? '–' : share(wrongShareTenth)),
            },
          ]
        : []),
      { head: '', cell: ({ wrongShare }: Row) => shareBar(wrongShare, 1, 'named') },
    ],
    rows,
  );
}

function calibrationPart({ bins = [], ece }: NonNullable<ModelReport['calibration']>): string {
  const points = bins.map(({ predicted, observed, rows }) => ({
    x: predicted,
    y: observed,
    title: `said ${(predicted * 100).toFixed(0)} %, were ${(observed * 100).toFixed(0)} % (${rows} rows)`,
  }));
  const error = ece === undefined ? '' : ` Expected calibration error ${ece.toFixed(3)}.`;
  return `<h3>Calibration</h3><p class="lead">Of the requests scored about s, s % should be people’s: the line should follow the diagonal.${error}</p>${calibrationPlot(points)}`;
}

/**
 * Wilson's score interval, with sessions as the number of trials: requests of one session are no independent ones. (E. B.
 * Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927.)
 */
function interval(part: number, trials: number): string {
  if (trials === 0) return '–';
  const z = 1.96;
  const centre = (part + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  const half = (z * Math.sqrt((part * (1 - part)) / trials + (z * z) / (4 * trials * trials))) / (1 + (z * z) / trials);
  const from = Math.max(0, centre - half) * 100;
  const to = Math.min(1, centre + half) * 100;
  return `${from.toFixed(1)}–${to.toFixed(1)} %`;
}

function share(value: number): string {
  return value === 0 ? '0' : percent(value, 1);
}

function isEvaluation(value: unknown): value is ReportedEvaluation {
  const { rows, families } = (value ?? {}) as Partial<ReportedEvaluation>;
  return typeof rows === 'number' && Array.isArray(families);
}
