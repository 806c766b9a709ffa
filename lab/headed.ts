import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chance } from '../src/kernel/chance.ts';
import { chromiumProgram, quietFlags } from '../test/browsers/chromium.ts';
import { type Display, endProcess } from '../test/browsers/display.ts';
import { firefoxProgram, quietPreferences } from '../test/browsers/firefox.ts';
import { findProgram, runProgram } from '../test/browsers/programs.ts';

/** How a person has set the browser up. */
export interface Setting {
  readonly name: string;
  readonly chromium?: { readonly preferences?: object; readonly flags?: readonly string[] };
  readonly firefox?: Readonly<Record<string, unknown>>;
  /** Pages are read in the reader view. */
  readonly reader?: true;
}

const contents = (values: object) => ({ preferences: { profile: { default_content_setting_values: values } } });

export const settings: readonly Setting[] = [
  { name: 'as it comes', chromium: {}, firefox: {} },
  { name: 'no JavaScript', chromium: contents({ javascript: 2 }), firefox: { 'javascript.enabled': false } },
  {
    name: 'private window',
    chromium: { flags: ['--incognito'] },
    firefox: { 'browser.privatebrowsing.autostart': true },
  },
  { name: 'resist fingerprinting', firefox: { 'privacy.resistFingerprinting': true } },
  { name: 'reader view', firefox: {}, reader: true },
  {
    name: 'do not track',
    chromium: { preferences: { enable_do_not_track: true } },
    firefox: { 'privacy.globalprivacycontrol.enabled': true, 'privacy.donottrackheader.enabled': true },
  },
  {
    name: 'no cookies, no images',
    chromium: contents({ cookies: 2, images: 2 }),
    firefox: { 'network.cookie.cookieBehavior': 2, 'permissions.default.image': 2 },
  },
  { name: 'no referer', firefox: { 'network.http.sendRefererHeader': 0 }, chromium: { flags: ['--no-referrers'] } },
  {
    name: 'strict protection',
    firefox: { 'browser.contentblocking.category': 'strict', 'privacy.globalprivacycontrol.enabled': true },
    chromium: { flags: ['--force-dark-mode'], preferences: { profile: { cookie_controls_mode: 1 } } },
  },
];

/** Most preferred first, as browsers are told them. */
export const languages = [
  'en-US,en',
  'de-DE,de,en',
  'fr-FR,fr,en-US,en',
  'ja',
  'pt-BR,pt,en-US,en',
  'ru-RU,ru',
  'en-GB,en',
  'es-ES,es,en',
  'zh-CN,zh',
  'tr',
];

export interface HeadedVisit {
  readonly browser: 'chromium' | 'firefox';
  readonly setting: Setting;
  readonly language: string;
  readonly stops: readonly Stop[];
  readonly folder: string;
  readonly display: Display;
  /** SHA-256 of the site's public key, base64. */
  readonly keyDigest: string;
  readonly authorityPath: string;
  readonly chance: Chance;
}

/** One of the sites that the person visits in this browser, one after another; each visit is a session of its own. */
export interface Stop {
  readonly url: string;
  /** Called before anything is asked for. */
  begin(): void;
  /** Whether the site was asked for anything yet. */
  arrived(): boolean;
  /** Called when the person is done there. */
  end(): void;
}

/** A person at a browser with a window, which opens on an address from elsewhere: reads, follows links, goes back, searches, orders, reloads. */
export async function visitAsPerson(visit: HeadedVisit): Promise<void> {
  const { browser, display, folder } = visit;
  const profile = mkdtempSync(join(folder, 'profile-'));
  const [program = '', ...args] = await (browser === 'chromium' ? chromium : firefox)(visit, profile);
  visit.stops[0]!.begin();
  const child = spawn(program, args, {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: display.name, HOME: profile },
  });
  try {
    for (const [index, stop] of visit.stops.entries()) {
      if (index > 0) stop.begin();
      await until(async () => display.focus(browser), 150_000, `${browser} has a window`);
      if (index > 0) await typeAddress(visit, stop.url);
      await until(async () => stop.arrived(), 90_000, 'the first page was asked for');
      await stayAt(visit, stop);
      stop.end();
    }
  } finally {
    await endProcess(child);
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

async function stayAt(visit: HeadedVisit, { url }: Stop): Promise<void> {
  const steps = visit.chance.whole(3, 6);
  await read(visit);
  for (let step = 0; step < steps; step++) {
    await takeStep(visit, url, step);
    await read(visit);
  }
}

/** A window has the keyboard as on people's screens only where somebody manages windows. */
export function startWindowManager(display: Display): ChildProcess | undefined {
  const program = findProgram('openbox');
  const env = { ...process.env, DISPLAY: display.name };
  return program === undefined ? undefined : spawn(program, ['--sm-disable'], { stdio: 'ignore', env });
}

async function takeStep(visit: HeadedVisit, url: string, step: number): Promise<void> {
  const { display, chance } = visit;
  if (visit.setting.reader && step === 1) return display.press('ctrl+alt+r');
  const kind =
    step === 0
      ? 'first'
      : chance.pick(['first', 'second', 'back', 'form', 'reload', 'tab', 'address', 'scroll'] as const);
  switch (kind) {
    case 'first':
      return click(display, 300, 190);
    case 'second':
      return click(display, 300, 300);
    case 'back':
      return display.press('alt+Left');
    case 'form':
      await display.press('Tab', 'Tab', 'Tab');
      await display.type('a small box');
      return display.press('Return');
    case 'reload':
      return display.press('F5');
    case 'tab':
      await display.press('Tab', 'Tab');
      return display.press('Return');
    case 'address':
      return typeAddress(
        visit,
        `${url}${chance.pick(['products/7', 'old', 'gone', 'feed.xml', 'contact', 'search?text=box'])}`,
      );
    case 'scroll':
      await display.press('Next');
      return display.press('End');
  }
}

async function typeAddress({ display, browser }: HeadedVisit, url: string): Promise<void> {
  await display.focus(browser);
  await display.press('ctrl+l');
  await pause(200);
  await display.type(url);
  // Firefox takes a Return only once it has made up its mind about what was typed.
  await pause(800);
  await display.press('Return');
}

/** Most look for a second or two; some read. */
const read = ({ chance }: HeadedVisit) => pause(Math.min(7_000, chance.skewed(1_500, 0.6)));

async function click(display: Display, x: number, y: number): Promise<void> {
  const xdotool = findProgram('xdotool') ?? 'xdotool';
  await runProgram(xdotool, ['mousemove', String(x), String(y), 'click', '1'], { env: { DISPLAY: display.name } });
}

async function chromium({ setting, language, keyDigest, stops }: HeadedVisit, profile: string): Promise<string[]> {
  const { preferences = {}, flags = [] } = setting.chromium ?? {};
  mkdirSync(join(profile, 'data/Default'), { recursive: true });
  const all = { ...preferences, intl: { accept_languages: language, selected_languages: language } };
  writeFileSync(join(profile, 'data/Default/Preferences'), JSON.stringify(all));
  return [
    chromiumProgram() ?? '',
    ...quietFlags,
    ...flags,
    `--ignore-certificate-errors-spki-list=${keyDigest}`,
    ...[`--user-data-dir=${join(profile, 'data')}`, '--window-size=1200,850', '--window-position=0,0', stops[0]!.url],
  ];
}

async function firefox({ setting, language, authorityPath, stops }: HeadedVisit, profile: string): Promise<string[]> {
  const preferences: Record<string, unknown> = {
    ...quietPreferences,
    'network.dns.forceResolve': '',
    'intl.accept_languages': language.replaceAll(',', ', '),
    'browser.shell.checkDefaultBrowser': false,
    'dom.security.https_first': false,
    ...setting.firefox,
  };
  writeFileSync(
    join(profile, 'user.js'),
    Object.entries(preferences)
      .map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`)
      .join('\n'),
  );
  const store = ['-d', `sql:${profile}`];
  const certutil = findProgram('certutil') ?? '';
  await runProgram(certutil, ['-N', ...store, '--empty-password']);
  await runProgram(certutil, ['-A', ...store, '-n', 'lab', '-t', 'C,,', '-i', authorityPath]);
  return [
    firefoxProgram() ?? '',
    '--no-remote',
    '--profile',
    profile,
    '--width',
    '1200',
    '--height',
    '850',
    stops[0]!.url,
  ];
}

async function until(holds: () => Promise<boolean>, timeoutMs: number, what: string): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await pause(150);
  }
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
