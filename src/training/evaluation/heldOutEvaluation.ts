import { heuristics } from '../../bots/index.ts';
import { RequestFacts } from '../../bots/request/requestFacts.ts';
import { headText } from '../rows/headText.ts';
import type { Row } from '../rows/makeRows.ts';
import type { Session } from '../traffic/session.ts';
import type { HeldOut, HeldOutKind } from './heldOuts.ts';
import {
  areaUnderCurve,
  type Calibration,
  type CalibrationBin,
  calibrationBins,
  calibrationError,
  type Judged,
  type Share,
  shareOf,
  usableCalibration,
} from './statistics.ts';

/** A row as the models saw it that were trained without its family. */
export interface HeldOutRow {
  readonly row: Row;
  /** Which training left it out, and with what. */
  readonly fold: number;
  readonly kind: HeldOutKind;
  readonly forest: number;
  readonly logistic: number;
  readonly heuristic: boolean;
  readonly isbot: boolean;
}

/** Shares of cases that a score below 30 befell: people's refused, bots' caught. */
export interface Stages {
  /** Clients whose first request it was. */
  readonly first: Share;
  /** Clients whose tenth request it was, or the last of those that made five to nine. */
  readonly tenth: Share;
  /** All requests of all sessions. */
  readonly whole: Share;
}

export interface FamilyFigures extends Stages {
  readonly family: string;
  readonly label: 'human' | 'bot';
  readonly source: Session['source'];
  readonly kind: HeldOutKind;
  readonly sessions: number;
  readonly heads: number;
}

export interface GroupFigures extends Stages {
  readonly name: string;
  readonly sessions: number;
  readonly heads: number;
}

export interface Comparison {
  readonly name: string;
  readonly auc: number;
  /** People's requests that it takes for a program's, and programs' requests that it finds at that. */
  readonly people: Share;
  readonly caught: Share;
  /** What the forest, with the heuristics and alone, finds at the same share of people, by a threshold of that share. */
  readonly forestCaught: Share;
  readonly forestAloneCaught: Share;
}

export interface HeldOutEvaluation {
  readonly folds: readonly string[];
  readonly groups: readonly GroupFigures[];
  readonly families: readonly FamilyFigures[];
  readonly comparisons: readonly Comparison[];
  readonly auc: number;
  /** Each fold calibrated by what the others say; recorded clients alone, people and bots weighing the same. */
  readonly calibrationError: number;
  readonly calibrationErrorBefore: number;
  readonly calibration: Calibration;
  readonly calibrationBins: readonly CalibrationBin[];
}

/** A score of 30 as log-odds: 2 + round(97 p) >= 30. */
const logOddsOf30 = Math.log(27.5 / 97 / (1 - 27.5 / 97));

export function heuristicHits(row: Row): boolean {
  const facts = new RequestFacts(row.head);
  return heuristics.some((one) => one.hits(facts));
}

/**
 * Kinds of folds that say together what to expect: a browser's next versions, and programs of kinds that are known. A whole
 * engine nobody has met does not turn up from one day to the next; it is reported, and calibrates nothing.
 */
const isExpected = ({ kind }: HeldOutRow) => kind === 'newer-versions' || kind === 'programs';

export function evaluateHeldOuts(rows: readonly HeldOutRow[], folds: readonly HeldOut[]): HeldOutEvaluation {
  const recorded = rows.filter(({ row }) => row.session.source === 'recorded');
  const expected = recorded.filter(isExpected);
  const calibration = usableCalibration(judgedOf(expected));
  const isScaled = calibration.scale !== 1 || calibration.shift !== 0;
  const halves = [0, 1].map((half) =>
    isScaled ? usableCalibration(judgedOf(expected.filter((one) => halfOf(one) !== half))) : calibration,
  );
  const calibrated = rows.map((one) => {
    const { scale, shift } = halves[halfOf(one)]!;
    return { ...one, forest: one.forest * scale + shift };
  });
  const real = calibrated.filter(({ row }) => row.session.source === 'recorded');
  const judged = judgedOf(real.filter(isExpected));
  return {
    folds: folds.map(({ name }) => name),
    groups: groupsOf(calibrated),
    families: familiesOf(calibrated),
    comparisons: [
      compare('isbot (user agent alone)', real.filter(isExpected), (one) => (one.isbot ? -1 : 1)),
      compare('logistic regression, same features', real.filter(isExpected), ({ logistic }) => logistic),
    ],
    auc: areaUnderCurve(judged),
    calibrationError: calibrationError(judged),
    calibrationErrorBefore: calibrationError(judgedOf(expected)),
    calibration,
    calibrationBins: calibrationBins(judged),
  };
}

/** Each half of the sessions is calibrated by what the other says; sessions of one client stay together. */
function halfOf({ row: { session } }: HeldOutRow): 0 | 1 {
  const text = `${session.family} ${session.client ?? ''} ${session.behaviour ?? ''}`;
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return ((sum >>> 4) & 1) as 0 | 1;
}

/** People and bots weigh the same, and so does each client's session within them. */
function judgedOf(rows: readonly HeldOutRow[]): Judged[] {
  const perSession = new Map<Session, number>();
  for (const { row } of rows) perSession.set(row.session, (perSession.get(row.session) ?? 0) + 1);
  const sessions = { human: 0, bot: 0 };
  for (const { label } of perSession.keys()) sessions[label] += 1;
  return rows.map(({ row: { session }, forest }) => ({
    logOdds: forest,
    isHuman: session.label === 'human',
    weight: 1 / perSession.get(session)! / sessions[session.label],
  }));
}

type Holds = (one: HeldOutRow) => boolean;

const isRecorded: Holds = ({ row }) => row.session.source === 'recorded';
const isHttps: Holds = ({ row }) => row.session.scheme === 'https';
const isImitator: Holds = ({ row }) => /^(got-scraping|impit|wreq)/.test(row.session.family);
const isDriven: Holds = ({ row }) => /^(headless|puppeteer|playwright|selenium)/.test(row.session.family);
const isHuman: Holds = ({ row }) => row.session.label === 'human';
const isPasted: Holds = ({ row }) => row.session.pasted;
const isOf =
  (kind: HeldOutKind): Holds =>
  (one) =>
    one.kind === kind;
const not =
  (holds: Holds): Holds =>
  (one) =>
    !holds(one);

function groupsOf(rows: readonly HeldOutRow[]): GroupFigures[] {
  const group = (name: string, heuristicsOn: boolean, ...all: Holds[]): GroupFigures => {
    const own = rows.filter((one) => all.every((holds) => holds(one)));
    return { name, ...sizeOf(own), ...stagesOf(own, heuristicsOn) };
  };
  const newer = [isHuman, isOf('newer-versions')];
  const engine = [isHuman, isOf('engine')];
  const tool = [isOf('programs'), not(isImitator), not(isDriven), isRecorded];
  const imitator = [isOf('programs'), isImitator];
  return [
    group('people, newer versions than in training', true, ...newer, isRecorded),
    group('the same over TLS', true, ...newer, isRecorded, isHttps),
    group('people, whole engine never seen', true, ...engine, isRecorded),
    group('the same, made sessions (Safari too)', true, ...engine, not(isRecorded)),
    group('tools as they come, TLS seen', true, ...tool, isHttps, not(isPasted)),
    group('tools with Chrome’s user agent, TLS seen', true, ...tool, isHttps, isPasted),
    group('the same, heuristics off', false, ...tool, isHttps, isPasted),
    group('tools in the clear', true, ...tool, not(isHttps)),
    group('imitators, TLS seen', true, ...imitator, isHttps),
    group('imitators in the clear', true, ...imitator, not(isHttps)),
    group('driven browsers, others known', true, isOf('programs'), isDriven, isRecorded),
    group('headless and driven browsers, none known', true, isOf('all-automation'), isRecorded),
    group('the same, heuristics off', false, isOf('all-automation'), isRecorded),
  ];
}

function familiesOf(rows: readonly HeldOutRow[]): FamilyFigures[] {
  const keyOf = ({ row: { session }, kind }: HeldOutRow) =>
    `${session.label} ${session.source} ${session.family} ${kind}`;
  return [...new Set(rows.map(keyOf))].sort().map((key) => {
    const own = rows.filter((one) => keyOf(one) === key);
    const { family, label, source } = own[0]!.row.session;
    return { family, label, source, kind: own[0]!.kind, ...sizeOf(own), ...stagesOf(own, true) };
  });
}

function sizeOf(rows: readonly HeldOutRow[]): { sessions: number; heads: number } {
  return {
    sessions: new Set(rows.map(({ row }) => row.session)).size,
    heads: new Set(rows.map(({ row }) => headText(row.head))).size,
  };
}

function stagesOf(rows: readonly HeldOutRow[], heuristicsOn: boolean): Stages {
  const isBelow = (one: HeldOutRow) => one.forest < logOddsOf30 || (heuristicsOn && one.heuristic);
  const share = (own: readonly HeldOutRow[]) => shareOf(own.filter(isBelow).length, own.length);
  const isTenth = ({ row: { position, session } }: HeldOutRow) =>
    position === Math.min(9, session.requests.length - 1) && position >= 4;
  return {
    first: share(rows.filter(({ row }) => row.position === 0)),
    tenth: share(rows.filter(isTenth)),
    whole: share(rows),
  };
}

/** The other's own cut where it has one (-1 and 1), else the forest's share of people below 30. */
function compare(name: string, rows: readonly HeldOutRow[], scoreOf: (one: HeldOutRow) => number): Comparison {
  const people = rows.filter(isHuman);
  const bots = rows.filter((one) => !isHuman(one));
  const withHeuristics = (one: HeldOutRow) => (one.heuristic ? -1e9 : one.forest);
  const isBinary = rows.every((one) => Math.abs(scoreOf(one)) === 1);
  const wrong = isBinary
    ? people.filter((one) => scoreOf(one) < 0).length
    : people.filter((one) => withHeuristics(one) < logOddsOf30).length;
  const caughtBy = (score: (one: HeldOutRow) => number) => {
    const cut = people.map(score).sort((left, right) => left - right)[wrong] ?? Number.POSITIVE_INFINITY;
    return shareOf(bots.filter((one) => score(one) < cut).length, bots.length);
  };
  return {
    name,
    auc: areaUnderCurve(rows.map((one) => ({ logOdds: scoreOf(one), isHuman: isHuman(one) }))),
    people: shareOf(wrong, people.length),
    caught: isBinary ? shareOf(bots.filter((one) => scoreOf(one) < 0).length, bots.length) : caughtBy(scoreOf),
    forestCaught: caughtBy(withHeuristics),
    forestAloneCaught: caughtBy(({ forest }) => forest),
  };
}
