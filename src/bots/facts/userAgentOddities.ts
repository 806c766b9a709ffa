import type { UserAgentFacts } from './userAgent.ts';

/**
 * Counts what no browser of the claimed family and version writes. From Chrome 101 on the version behind the major is
 * frozen at `.0.0.0` (everywhere from 110), Firefox repeats its version in `rv:` (frozen at 109 for
 * 110 to 119), `AppleWebKit/537.36` and `Safari/537.36` are constants of Chromium, `Gecko/20100101` of desktop Firefox.
 */
export function countUserAgentOddities(
  text: string,
  facts: Pick<UserAgentFacts, 'engine' | 'family' | 'major' | 'isWebView'>,
): number {
  if (text === '') return 0;
  let oddities = 0;
  if (!hasBalancedParentheses(text)) oddities += 1;
  if (text.includes('  ') || text.startsWith(' ') || text.includes("'") || text.includes('"')) oddities += 1;
  if (facts.engine !== 'none' && !text.startsWith('Mozilla/5.0 (')) oddities += 1;
  if (facts.engine === 'chromium') {
    // Apps and some of the smaller browsers write versions in full.
    const isFrozen = facts.major >= 110 && !facts.isWebView && facts.family !== 'other-chromium';
    oddities += chromiumOddities(text, isFrozen);
  }
  if (facts.engine === 'gecko') oddities += geckoOddities(text, facts.major);
  if (facts.engine === 'webkit' && !text.includes('AppleWebKit/60')) oddities += 1;
  return oddities;
}

function chromiumOddities(text: string, isFrozen: boolean): number {
  let oddities = 0;
  if (!text.includes('AppleWebKit/537.36 (KHTML, like Gecko)')) oddities += 1;
  if (!text.includes('Safari/537.36')) oddities += 1;
  if (isFrozen && !/Chrome\/\d+\.0\.0\.0 /.test(text)) oddities += 1;
  if (isFrozen && text.includes('Windows NT') && !text.includes('Windows NT 10.0; Win64; x64)')) {
    oddities += 1;
  }
  return oddities;
}

function geckoOddities(text: string, major: number): number {
  const repeated = Number(/rv:(\d{1,4})/.exec(text)?.[1] ?? Number.NaN);
  const expected = major >= 110 && major <= 119 ? 109 : major;
  let oddities = repeated === expected ? 0 : 1;
  if (!text.includes('Gecko/20100101') && !/Gecko\/\d+\.0/.test(text)) oddities += 1;
  return oddities;
}

function hasBalancedParentheses(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 40) depth += 1;
    else if (code === 41 && --depth < 0) return false;
  }
  return depth === 0;
}
