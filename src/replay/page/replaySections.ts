import type {
  ClientSummary,
  CrawlerSummary,
  FamilySummary,
  ReplaySummary,
  RuleSummary,
} from '../judge/replaySummary.ts';
import { count, escaped, minute, percent, section, table } from './html.ts';
import { legend, scorePlot, shareBar, tenthsPlot, timePlot } from './plots.ts';

const yearMs = 365 * 86_400_000;

/** The head of the page: what was read, and the figures to remember. */
export function headline(summary: ReplaySummary): string {
  const { log } = summary;
  const { named, low, high } = bandsOf(summary);
  const verified = requestsOf(summary, 'verified');
  const impostors = requestsOf(summary, 'impostor');
  const tiles = [
    ['', count(log.requests), 'requests'],
    ['', count(log.clients), 'addresses'],
    ['high', percent(high, log.requests), 'score 30 and above: likely people'],
    ['low', percent(low, log.requests), 'score 2 to 29: likely automated'],
    ['named', percent(named, log.requests), 'score 1: sure programs'],
    ['good', count(verified), log.hasRanges ? 'from verified bots' : 'from verified bots (no ranges given)'],
    ['named', count(impostors), 'from outside the ranges of whom they claim to be'],
  ] as const;
  return `<header><h1>${escaped(log.file)}, as Holdfast would have scored it</h1>
<div class="dim">${minute(log.fromMs)} to ${minute(log.toMs)} UTC · site ${escaped(log.siteHost)} · model ${escaped(summary.model.name)}</div>
<div class="tiles">${tiles.map(([name, figure, text]) => `<div class="tile ${name}"><b>${figure}</b><span>${escaped(text)}</span></div>`).join('')}</div></header>`;
}

/** All that a replay has to show. */
export function replaySections(summary: ReplaySummary, madeAtMs: number): readonly string[] {
  const span = summary.spanMs / 3_600_000;
  const spanName = span === 1 ? 'hour' : span < 24 ? `${span} hours` : span === 24 ? 'day' : 'week';
  return [
    section(
      'Scores',
      'From 1 (surely automated) to 99 (surely a person). The rules of most sites act below 30.',
      scorePlot(summary.scores),
      legend(),
    ),
    section('Over time', `Requests per ${spanName}.`, timePlot(summary.spans, summary.spanMs), legend()),
    ruleSection(summary),
    crawlerSection(summary, madeAtMs),
    familySection(summary.families),
    clientSection(summary.clients),
    howSection(summary),
  ];
}

function ruleSection({ rules }: ReplaySummary): string {
  const lead =
    'What each rule set would have refused. Groups go by what a user agent claims; a browser may still be a program in disguise, and a program may be welcome.';
  const columns = [
    { head: 'group', cell: (row: RuleSummary['groups'][number]) => escaped(row.group) },
    { head: 'requests', isNumber: true, cell: (row: RuleSummary['groups'][number]) => count(row.of) },
    { head: 'refused', isNumber: true, cell: (row: RuleSummary['groups'][number]) => count(row.blocked) },
    { head: 'share', isNumber: true, cell: (row: RuleSummary['groups'][number]) => percent(row.blocked, row.of) },
    { head: '', cell: (row: RuleSummary['groups'][number]) => shareBar(row.blocked, row.of, 'named') },
  ];
  const parts = rules.map(
    ({ name, text, blocked, groups }) =>
      `<h3>${escaped(name)}: ${count(blocked)} requests refused</h3><pre>${escaped(text)}</pre>${table(columns, groups)}`,
  );
  return section('What rules would have done', lead, ...parts);
}

function crawlerSection({ crawlers, log }: ReplaySummary, madeAtMs: number): string {
  const lead = log.hasRanges
    ? 'Whoever names an operator that publishes its addresses was looked up in them. Outside of them it is an impostor, or an address that the operator has given up since.'
    : 'No published ranges were given (<code>--ranges DIR</code>), so these are claims that nobody verified.';
  if (crawlers.length === 0) return section('Verified bots and impostors', lead, '<p>None claimed to be one.</p>');
  const isOld = madeAtMs - log.toMs > yearMs;
  const oldNote = isOld
    ? `<p class="note">The log is of ${minute(log.toMs).slice(0, 4)} and the ranges are newer: an operator’s old addresses look like an impostor’s here. Small numbers beside many verified ones, from scattered networks, are the real thing.</p>`
    : '';
  const byOperator = new Map<string, number>();
  for (const { operator, requests } of crawlers) byOperator.set(operator, (byOperator.get(operator) ?? 0) + requests);
  return section(
    'Verified bots and impostors',
    lead,
    table(
      [
        { head: 'operator', cell: (row: CrawlerSummary) => escaped(row.operator) },
        {
          head: '',
          cell: ({ standing }: CrawlerSummary) => `<span class="word ${standing}">${standing}</span>`,
        },
        { head: 'requests', isNumber: true, cell: ({ requests }: CrawlerSummary) => count(requests) },
        { head: 'addresses', isNumber: true, cell: ({ addresses }: CrawlerSummary) => count(addresses) },
        {
          head: 'of its claims',
          cell: ({ operator, requests, standing }: CrawlerSummary) =>
            shareBar(requests, byOperator.get(operator) ?? 0, standing === 'impostor' ? 'named' : 'good'),
        },
        { head: 'busiest', isExtra: true, cell: ({ example }: CrawlerSummary) => `<code>${escaped(example)}</code>` },
      ],
      crawlers,
    ),
    oldNote,
  );
}

function familySection(families: readonly FamilySummary[]): string {
  return section(
    'Who they say they are',
    'By what the user agent claims, which anybody can write. The small plots run from score 0 at the left to 99.',
    table(
      [
        { head: 'kind', isExtra: true, cell: ({ kind }: FamilySummary) => escaped(kind) },
        { head: 'family', cell: ({ family }: FamilySummary) => escaped(family) },
        { head: 'requests', isNumber: true, cell: ({ requests }: FamilySummary) => count(requests) },
        { head: 'addresses', isNumber: true, isExtra: true, cell: ({ clients }: FamilySummary) => count(clients) },
        { head: 'median', isNumber: true, cell: ({ medianScore }: FamilySummary) => score(medianScore) },
        {
          head: 'below 30',
          isNumber: true,
          cell: ({ named, low, requests }: FamilySummary) => percent(named + low, requests),
        },
        { head: 'scores', cell: (row: FamilySummary) => tenthsPlot(row.tenths, row) },
      ],
      families,
    ),
  );
}

function clientSection(clients: readonly ClientSummary[]): string {
  return section(
    'The busiest clients',
    'An address with one user agent.',
    table(
      [
        {
          head: 'client',
          cell: ({ address, userAgent }: ClientSummary) =>
            `<code>${escaped(address)}</code><span class="agent">${escaped(userAgent === '' ? 'no user agent' : userAgent)}</span>`,
        },
        {
          head: '',
          isExtra: true,
          cell: ({ standing }: ClientSummary) =>
            standing === null ? '' : `<span class="word ${standing}">${standing}</span>`,
        },
        { head: 'requests', isNumber: true, cell: ({ requests }: ClientSummary) => count(requests) },
        { head: 'median', isNumber: true, cell: ({ medianScore }: ClientSummary) => score(medianScore) },
        {
          head: 'below 30',
          isNumber: true,
          cell: ({ named, low, requests }: ClientSummary) => percent(named + low, requests),
        },
      ],
      clients,
    ),
  );
}

function howSection({ log, model }: ReplaySummary): string {
  const faults = Object.entries(log.faults).map(([reason, lines]) => `${count(lines)} ${reason}`);
  const left = [...faults, ...(log.behindBound > 0 ? [`${count(log.behindBound)} behind the bound`] : [])];
  const fromLog = [
    `A log holds the request line, the user agent and the referer. <b>Of the model’s ${model.features} features it tells ${model.featuresKnown}</b>; header order and spelling, accepted languages and encodings, client hints, cookies and the TLS handshake are not in it.`,
    'What it does not tell is <b>absent, not zero</b>: such a feature takes the value of an ordinary request by the claimed browser, so that it moves the score by exactly nothing. A request therefore scored <b>this much at most</b>; behind the edge a program in a browser’s clothes scores lower.',
    'Of the heuristics only those apply that read the user agent alone. Its age does not count, since a log may be old.',
    'The log’s own times are the clock: rates, pauses and error shares are those of the visitors.',
  ];
  const items = [
    ...fromLog,
    `${count(log.linesRead)} lines were read, strictly${left.length === 0 ? '; all were in the combined format' : `; left out: ${escaped(left.join(', '))}`}.`,
  ];
  return section(
    'How this was scored',
    'And what it cannot say.',
    `<ul class="plain">${items.map((item) => `<li>${item}</li>`).join('')}</ul>`,
  );
}

export function bandsOf({ scores }: ReplaySummary) {
  const sum = (from: number, to: number) => scores.slice(from, to + 1).reduce((total, requests) => total + requests, 0);
  return { named: sum(1, 1), low: sum(2, 29), high: sum(30, 99) };
}

export function requestsOf({ crawlers }: ReplaySummary, standing: CrawlerSummary['standing']): number {
  return crawlers.filter((crawler) => crawler.standing === standing).reduce((sum, { requests }) => sum + requests, 0);
}

function score(median: number | null): string {
  return median === null ? '–' : String(median);
}
