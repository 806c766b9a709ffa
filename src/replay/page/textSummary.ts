import type { ReplaySummary } from '../judge/replaySummary.ts';
import { minute, percent } from './html.ts';
import { bandsOf } from './replaySections.ts';

/** What the page says, for a terminal. */
export function textSummary(summary: ReplaySummary): string {
  const { log, crawlers, rules } = summary;
  const { named, low, high } = bandsOf(summary);
  const faults = Object.entries(log.faults).map(([reason, lines]) => `${lines} ${reason}`);
  if (log.behindBound > 0) faults.push(`${log.behindBound} behind the bound`);
  const of = (part: number) => percent(part, log.requests).padStart(8);
  const lines = [
    `${log.file}: ${log.requests} requests of ${log.clients} addresses, ${minute(log.fromMs)} to ${minute(log.toMs)} UTC`,
    `left out: ${faults.length === 0 ? 'no line' : faults.join(', ')}`,
    `scores, from ${summary.model.featuresKnown} of ${summary.model.features} features (the others are absent and move nothing):`,
    `  30 to 99 ${of(high)}`,
    `   2 to 29 ${of(low)}`,
    `         1 ${of(named)}`,
    log.hasRanges ? 'verified bots and impostors:' : 'claims of bots, unverified without --ranges:',
    ...crawlers.map(
      ({ operator, standing, requests, addresses }) =>
        `  ${operator.padEnd(20)} ${standing.padEnd(10)} ${requests} requests of ${addresses} addresses`,
    ),
    ...rules.flatMap(({ name, blocked, groups }) => [
      `${name}, refused: ${blocked}`,
      ...groups.map((each) => `  ${each.group.padEnd(20)} ${each.blocked} of ${each.of}`),
    ]),
  ];
  return `${lines.join('\n')}\n`.replaceAll('\u202f', ' ');
}
