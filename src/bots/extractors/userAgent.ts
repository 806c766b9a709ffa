import { platforms, userAgentFamilies } from '../facts/userAgent.ts';
import { type Extract, type Extractor, plain, type Source } from '../request/extractor.ts';

const source: Source = { kind: 'user-agent' };

/** The user agent as a sentence, and how old the browser in it is. */
export const userAgentExtractors: readonly Extractor[] = [
  own(
    'user-agent-length',
    'Characters of the user agent; 0 when it is absent.',
    (facts) => facts.userAgent.text.length,
  ),
  own('user-agent-tokens', 'Words of the user agent.', (facts) => facts.userAgent.tokens),
  own('user-agent-family', 'The claimed family as a number (none 0, chrome 1, edge 2 ...).', (facts) =>
    userAgentFamilies.indexOf(facts.userAgent.family),
  ),
  own('user-agent-platform', 'The claimed system as a number (none 0, windows 1 ...).', (facts) =>
    platforms.indexOf(facts.userAgent.platform),
  ),
  own('user-agent-major', 'Major version of the claimed browser; missing when there is none.', (facts) =>
    facts.claimsBrowser ? facts.userAgent.major : Number.NaN,
  ),
  {
    name: 'user-agent-age',
    summary:
      'How far the claimed browser is behind the newest, in releases of four weeks (a Safari year counts 13); negative when it is from the future; missing for unknown clients.',
    parameters: {
      newestChromium: { kind: 'number', min: 1, max: 9_999 },
      newestFirefox: { kind: 'number', min: 1, max: 9_999 },
      newestSafari: { kind: 'number', min: 1, max: 9_999 },
    },
    source,
    compile(parameters) {
      const newestChromium = parameters.number('newestChromium');
      const newestFirefox = parameters.number('newestFirefox');
      const newestSafari = safariYear(parameters.number('newestSafari'));
      return ({ userAgent }) => {
        switch (userAgent.engine) {
          case 'chromium':
            return newestChromium - userAgent.major;
          case 'gecko':
            return newestFirefox - userAgent.major;
          case 'webkit':
            return (newestSafari - safariYear(userAgent.major)) * 13;
          case 'none':
            return Number.NaN;
        }
      };
    },
  },
  own('user-agent-is-mobile', '1 when the user agent is a telephone’s, else 0.', (facts) =>
    facts.userAgent.isMobile ? 1 : 0,
  ),
  own('user-agent-is-library', '1 when the user agent is `name/version` rather than a browser’s sentence.', (facts) =>
    facts.userAgent.isLibraryLike ? 1 : 0,
  ),
  own(
    'user-agent-automation-words',
    'Words in it with which programs name themselves, such as bot, crawl, headless, curl.',
    (facts) => facts.userAgent.automationTokens,
  ),
  own(
    'user-agent-oddities',
    'Features of it that no browser of the claimed family and version has.',
    (facts) => facts.userAgent.oddities,
  ),
];

/** Safari went from 18 to 26 in one year (2025). */
function safariYear(major: number): number {
  return major >= 26 ? major - 7 : major;
}

function own(name: string, summary: string, extract: Extract): Extractor {
  return plain(name, summary, extract, source);
}
