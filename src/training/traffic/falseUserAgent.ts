import type { Chance } from '../../kernel/chance.ts';
import { type ProfileSource, readUserAgent } from './browserProfile.ts';

/** What an automated Chromium really is. */
export interface TrueChromium {
  readonly major: number;
  /** Client hints go out, which tell the truth whatever user agent is pasted. */
  readonly secure: boolean;
}

/**
 * A user agent that an automated Chromium on Linux is given and that contradicts the rest of what it sends. The same
 * version on the same system, and any Chromium where client hints stay away, would make a person's bytes: from those there is
 * nothing to learn but to distrust people.
 */
export function drawFalseUserAgent(chance: Chance, source: ProfileSource, real: TrueChromium): string {
  if (real.secure && chance.happens(0.3)) {
    const distance = chance.weighted([
      [3, 1],
      [2, chance.whole(2, 5)],
      [3, chance.whole(6, 40)],
    ]);
    const major = Math.max(80, real.major + (chance.happens(0.65) ? -distance : distance));
    if (major !== real.major) return chromium(major, 'X11; Linux x86_64');
  }
  // The commonest lie: the version that one has, on the system that most people have.
  if (real.secure && chance.happens(0.35)) {
    return chromium(real.major, chance.pick(['Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7']));
  }
  const wanted = chance.weighted(
    real.secure
      ? [
          [4, 'chromium'],
          [5, 'gecko'],
          [2, 'webkit'],
        ]
      : [
          [1, 'gecko'],
          [1, 'webkit'],
        ],
  );
  for (;;) {
    const userAgent = source.userAgent();
    const claim = readUserAgent(userAgent);
    const isTrue = claim?.major === real.major && userAgent.includes('Linux');
    if (claim?.engine === wanted && !isTrue) return userAgent;
  }
}

export function chromium(major: number, system: string): string {
  return `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`;
}
