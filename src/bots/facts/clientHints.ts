import type { Platform } from './userAgent.ts';

/** What `Sec-CH-UA` says, e.g. `"Chromium";v="131", "Google Chrome";v="131", "Not_A Brand";v="24"`. */
export interface BrandFacts {
  /** Version of the brand Chromium; NaN when it is not named. */
  readonly chromiumMajor: number;
  readonly namesChromium: boolean;
  readonly namesEdge: boolean;
  readonly namesHeadless: boolean;
  readonly brands: number;
}

export function parseBrands(text: string): BrandFacts {
  let chromiumMajor = Number.NaN;
  let brands = 0;
  let namesEdge = false;
  let namesHeadless = false;
  for (const [, brand, version] of text.slice(0, 512).matchAll(/"([^"]*)";v="(\d{0,4})/g)) {
    brands += 1;
    if (brand === 'Chromium') chromiumMajor = Number(version);
    if (brand!.includes('Edge')) namesEdge = true;
    if (brand!.includes('Headless')) namesHeadless = true;
  }
  return { chromiumMajor, namesChromium: text.includes('"Chromium"'), namesEdge, namesHeadless, brands };
}

const hintPlatforms = new Map<string, Platform>([
  ['"Windows"', 'windows'],
  ['"macOS"', 'macos'],
  ['"Linux"', 'linux'],
  ['"Android"', 'android'],
  ['"iOS"', 'ios'],
  ['"Chrome OS"', 'chromeos'],
  ['"Chromium OS"', 'chromeos'],
]);

/** `Sec-CH-UA-Platform` as a platform; anything unknown is `other`. */
export function hintPlatform(text: string): Platform {
  return hintPlatforms.get(text) ?? 'other';
}
