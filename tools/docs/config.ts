import { fileKeys } from '../../src/config/index.ts';
import type { Keys } from '../../src/shape/index.ts';
import { siteKeys } from '../../src/siteKeys/index.ts';
import type { Section } from './section.ts';
import { settingHeading, settingRows } from './settingRows.ts';
import { table } from './table.ts';

const file = 'docs/config.md';

function section(marker: string, rows: () => string[][], heading: readonly string[] = settingHeading): Section {
  return { file, marker, make: () => table(heading, rows()) };
}

const { listen, verifiedBots } = fileKeys;
const inMessages = ['limits', 'requestHeaders', 'responseHeaders', 'redirects', 'errorPages'];

/** Those of the site's keys, with what stands in them. */
function partOfSite(names: readonly string[]): string[][] {
  const keys = Object.entries(siteKeys).filter(([name]) => names.includes(name));
  return settingRows(Object.fromEntries(keys));
}

const { listenerKeys, flags } = { listenerKeys: listen.other.item.other.keys as Keys, flags: flagsOf(fileKeys) };

/** The tables of keys in docs/config.md. A key that no part of the page is about stands in the first table of sites with all its keys. */
export const configSections: readonly Section[] = [
  section(
    'file keys',
    () =>
      settingRows(fileKeys, '', ['listen', 'verifiedBots', 'sites']).map(([key = '', ...cells]) => [
        key,
        ...cells,
        flags.get(key) ?? '',
      ]),
    [...settingHeading, 'flag'],
  ),
  section('site keys', () => settingRows(siteKeys, '', ['upstream', 'rules', ...inMessages])),
  section('listener keys', () => settingRows(listenerKeys)),
  section('upstream keys', () => partOfSite(['upstream']).slice(1)),
  section('message keys', () => partOfSite(inMessages)),
  section('verified bots keys', () => settingRows(verifiedBots.keys)),
  section('rule keys', () => settingRows(siteKeys.rules.item.keys)),
];

function flagsOf(keys: Keys, path = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(keys).flatMap(([key, shape]): readonly (readonly [string, string])[] => [
      ...(shape.flag === undefined ? [] : [[`\`${path}${key}\``, `\`${shape.flag}\``] as const]),
      ...(shape.kind === 'record' ? flagsOf(shape.keys, `${path}${key}.`) : []),
    ]),
  );
}
