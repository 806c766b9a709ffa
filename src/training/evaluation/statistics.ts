/** A share and what is known of it: `of` is how many cases it was seen in. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly share: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval: right for few cases and for shares near 0, where the usual one is not (E. B. Wilson, 1927). */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { count, of, share: Number.NaN, low: 0, high: 1 };
  const z = 1.959964;
  const share = count / of;
  const centre = share + (z * z) / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const whole = 1 + (z * z) / of;
  return {
    count,
    of,
    share,
    low: Math.max(0, (centre - spread) / whole),
    high: Math.min(1, (centre + spread) / whole),
  };
}

/** A judged case; `weight` is how much it counts for. */
export interface Judged {
  readonly logOdds: number;
  readonly isHuman: boolean;
  readonly weight: number;
}

/** Chance that a person's case ranks above a bot's: Mann–Whitney's U over the ranks, ties counting half. NaN without both. */
export function areaUnderCurve(cases: readonly { readonly logOdds: number; readonly isHuman: boolean }[]): number {
  const sorted = [...cases].sort((left, right) => left.logOdds - right.logOdds);
  let rankSum = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end < sorted.length && sorted[end]!.logOdds === sorted[start]!.logOdds) end += 1;
    const rank = (start + 1 + end) / 2;
    for (let index = start; index < end; index++) if (sorted[index]!.isHuman) rankSum += rank;
    start = end;
  }
  const people = sorted.filter((one) => one.isHuman).length;
  const bots = sorted.length - people;
  return people === 0 || bots === 0 ? Number.NaN : (rankSum - (people * (people + 1)) / 2) / (people * bots);
}

/** Cases of about one predicted probability: what was said of them, and how many were people. */
export interface CalibrationBin {
  readonly predicted: number;
  readonly observed: number;
  readonly rows: number;
  readonly weight: number;
}

/** Ten bins of equal width; those without cases are left away. */
export function calibrationBins(cases: readonly Judged[]): CalibrationBin[] {
  const bins = Array.from({ length: 10 }, () => ({ weight: 0, said: 0, human: 0, rows: 0 }));
  for (const { logOdds, isHuman, weight } of cases) {
    const probability = 1 / (1 + Math.exp(-logOdds));
    const bin = bins[Math.min(9, Math.floor(probability * 10))]!;
    bin.weight += weight;
    bin.rows += 1;
    bin.said += weight * probability;
    if (isHuman) bin.human += weight;
  }
  return bins
    .filter(({ rows }) => rows > 0)
    .map(({ weight, said, human, rows }) => ({ predicted: said / weight, observed: human / weight, rows, weight }));
}

/** Expected calibration error: how far, on average over the cases' weights, what was said is from what was. */
export function calibrationError(cases: readonly Judged[]): number {
  const bins = calibrationBins(cases);
  const all = bins.reduce((sum, { weight }) => sum + weight, 0);
  return bins.reduce((sum, { predicted, observed, weight }) => sum + weight * Math.abs(predicted - observed), 0) / all;
}

/** `scale` × log-odds + `shift`. */
export interface Calibration {
  readonly scale: number;
  readonly shift: number;
}

/**
 * Platt's scaling of log-odds (J. Platt, 1999): what a model says of clients that it knows is too sure for those that it does
 * not. Newton's steps, each halved until it improves the weighted likelihood; `scale` stays positive, so that no order of
 * scores is turned round.
 */
export function fitCalibration(cases: readonly Judged[]): Calibration {
  let best: Calibration = { scale: 1, shift: 0 };
  let loss = lossOf(cases, best);
  for (let step = 0; step < 50; step++) {
    const { scale, shift } = newtonStep(cases, best);
    let part = 1;
    for (; part > 1e-4; part /= 2) {
      const next = { scale: Math.max(scaleMin, best.scale - part * scale), shift: best.shift - part * shift };
      const nextLoss = lossOf(cases, next);
      if (nextLoss >= loss) continue;
      [best, loss] = [next, nextLoss];
      break;
    }
    if (part <= 1e-4) break;
  }
  return best;
}

/** So far, on average, what is said may be from what is; nearer than this, scaling only moves people about. */
const calibrationErrorMax = 0.03;

/**
 * The fit; or none where the error is small enough without, and where the fit is far from 1 and 0: then the cases do not say
 * how sure the model may be, but that it ranks them wrongly, and no scaling of scores helps against that.
 */
export function usableCalibration(cases: readonly Judged[]): Calibration {
  if (calibrationError(cases) <= calibrationErrorMax) return { scale: 1, shift: 0 };
  const { scale, shift } = fitCalibration(cases);
  return scale >= 0.25 && scale <= 4 && Math.abs(shift) <= 3 ? { scale, shift } : { scale: 1, shift: 0 };
}

const scaleMin = 0.05;
/** A little of a prior: few cases must not carry it far away. */
const ridge = 1e-3;

function lossOf(cases: readonly Judged[], { scale, shift }: Calibration): number {
  let loss = ridge * ((scale - 1) ** 2 + shift ** 2);
  for (const { logOdds, isHuman, weight } of cases) {
    const against = (scale * logOdds + shift) * (isHuman ? -1 : 1);
    loss += weight * (against > 30 ? against : Math.log1p(Math.exp(against)));
  }
  return loss;
}

function newtonStep(cases: readonly Judged[], { scale, shift }: Calibration): Calibration {
  let [scaleGradient, shiftGradient] = [2 * ridge * (scale - 1), 2 * ridge * shift];
  let [scaleCurve, bothCurve, shiftCurve] = [2 * ridge, 0, 2 * ridge];
  for (const { logOdds, isHuman, weight } of cases) {
    const probability = 1 / (1 + Math.exp(-(scale * logOdds + shift)));
    const wrong = weight * (probability - (isHuman ? 1 : 0));
    const slope = weight * probability * (1 - probability);
    scaleGradient += wrong * logOdds;
    shiftGradient += wrong;
    scaleCurve += slope * logOdds * logOdds;
    bothCurve += slope * logOdds;
    shiftCurve += slope;
  }
  const determinant = scaleCurve * shiftCurve - bothCurve * bothCurve;
  return {
    scale: (scaleGradient * shiftCurve - shiftGradient * bothCurve) / determinant,
    shift: (shiftGradient * scaleCurve - scaleGradient * bothCurve) / determinant,
  };
}
