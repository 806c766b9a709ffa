import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Chance } from '../src/kernel/chance.ts';
import { chromium as chromiumAgent } from '../src/training/traffic/falseUserAgent.ts';
import type { Session } from '../src/training/traffic/session.ts';
import { chromiumProgram, quietFlags } from '../test/browsers/chromium.ts';
import { firefoxProgram } from '../test/browsers/firefox.ts';
import { findProgram } from '../test/browsers/programs.ts';
import { languages, type Setting, settings } from './headed.ts';
import { type Place, root } from './network.ts';
import { findLabTools, type LabTool } from './tools.ts';

export type Protocol = 'plain' | 'tls' | 'h2';

/** One session to be recorded. */
export interface Job {
  readonly form: Pick<Session, 'family' | 'label' | 'pasted'> & { readonly client: string; readonly behaviour: string };
  /** A session on each, one after another: with a browser that takes long to start, by the same one. */
  readonly protocols: readonly Protocol[];
  /** Commands, one after another, or a person's visit. */
  readonly drive:
    | {
        readonly kind: 'commands';
        commands(url: string): readonly (readonly string[])[];
        readonly pauseMs: number;
        readonly timeoutMs: number;
      }
    | {
        readonly kind: 'person';
        readonly browser: 'chromium' | 'firefox';
        readonly setting: Setting;
        readonly language: string;
      };
}

export function urlOf({ host, oldHost }: Place, protocol: Protocol): string {
  return protocol === 'plain' ? `http://${host}/` : `https://${protocol === 'tls' ? oldHost : host}/`;
}

const windows = 'Windows NT 10.0; Win64; x64';
const mac = 'Macintosh; Intel Mac OS X 10_15_7';
/** What scripts paste; of browsers of these months and of some years ago. */
const pastedAgents = [
  chromiumAgent(156, windows),
  chromiumAgent(155, mac),
  chromiumAgent(144, windows),
  chromiumAgent(120, 'X11; Linux x86_64'),
];
const protocols: readonly Protocol[] = ['plain', 'tls', 'h2'];

interface Behaviour {
  readonly name: string;
  readonly paths: readonly string[];
  readonly pauseMs: number;
}

const numbers = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `products/${from + index}`);
const behaviours: readonly Behaviour[] = [
  { name: 'one page', paths: [''], pauseMs: 0 },
  { name: 'crawl', paths: ['robots.txt', '', 'about', ...numbers(1, 9), 'old', 'gone', 'feed.xml'], pauseMs: 30 },
  { name: 'scrape', paths: numbers(11, 11), pauseMs: 350 },
  { name: 'api', paths: ['api/items', 'api/items?page=2', 'api/items?page=3', 'api/cart'], pauseMs: 150 },
];

/** All sessions of the lab in a drawn order, so that a run that is cut short has some of everything. */
export function labJobs(chance: Chance, folder: string, only: readonly string[]): Job[] {
  // Some tools have to be compiled first, which takes longer than a visit.
  const wantsTools = only.length === 0 || !only.every((word) => word.startsWith('headed'));
  const tools = (wantsTools ? findLabTools(folder) : []).flatMap((tool) => toolJobs(chance, tool));
  return chance.shuffled([...tools, ...imitatorJobs(chance), ...automatedJobs(chance), ...personJobs(chance)]);
}

function toolJobs(chance: Chance, tool: LabTool): Job[] {
  const jobs: Job[] = [];
  for (const pasted of tool.fixedAgent ? [false] : [false, true]) {
    for (const protocol of protocols) {
      // Most tools speak HTTP/1.1 on both of the TLS listeners.
      if (protocol === 'tls' && !chance.happens(0.35)) continue;
      for (const behaviour of tool.walks ? [behaviours[0]!] : [chance.pick(behaviours)]) {
        const agent = pasted ? chance.pick(pastedAgents) : undefined;
        jobs.push({
          form: {
            family: tool.family,
            label: 'bot',
            pasted,
            client: tool.name,
            behaviour: tool.walks ? 'walks' : behaviour.name,
          },
          protocols: [protocol],
          drive: commandsOf(tool, agent, behaviour),
        });
      }
    }
  }
  return jobs;
}

function commandsOf(tool: LabTool, agent: string | undefined, { paths, pauseMs }: Behaviour): Job['drive'] {
  return {
    kind: 'commands',
    pauseMs: tool.takes === 'each' ? pauseMs : 0,
    timeoutMs: 25_000,
    commands(url) {
      const urls = paths.map((path) => url + path);
      const errand = { agent, pauseMs };
      return tool.takes === 'all'
        ? [tool.command({ ...errand, urls })]
        : urls.map((one) => tool.command({ ...errand, urls: [one] }));
    },
  };
}

const wreqProfiles =
  'chrome_100 chrome_116 chrome_131 chrome_142 chrome_149 edge_134 edge_148 opera_127 firefox_109 firefox_128 firefox_144 firefox_151 firefox_private_136 firefox_android_135 safari_15.5 safari_17.5 safari_18.5 safari_26.4 safari_ios_17.4.1 safari_ios_26.2 safari_ipad_26'.split(
    ' ',
  );

/** Libraries that send a browser's head and handshake. */
function imitatorJobs(chance: Chance): Job[] {
  const kinds = [
    ...Array.from({ length: 5 }, () => ['got-scraping', 'got-scraping', ''] as const),
    ...(['impit-chrome', 'impit-firefox', 'impit-chrome'] as const).map((name) => ['impit', name, ''] as const),
    ...wreqProfiles.map(
      (profile) =>
        ['wreq-js', 'wreq', `${profile}${profile.includes('ios') || profile.includes('ipad') ? ',ios' : ''}`] as const,
    ),
  ];
  return kinds.flatMap(([family, library, argument]) =>
    chance
      .shuffled(behaviours)
      .slice(0, family === 'wreq-js' ? 1 : 4)
      .flatMap((behaviour) =>
        (family === 'wreq-js' ? [chance.pick(['plain', 'tls', 'h2', 'h2'] as const)] : protocols).map(
          (protocol): Job => ({
            form: {
              family,
              label: 'bot',
              pasted: true,
              client: `${family} ${argument || library}`,
              behaviour: behaviour.name,
            },
            protocols: [protocol],
            drive: {
              kind: 'commands',
              pauseMs: 0,
              timeoutMs: 25_000,
              commands: (url) => [
                [
                  'node',
                  join(root, 'lab/clients/visit.cjs'),
                  library,
                  argument,
                  String(behaviour.pauseMs),
                  ...behaviour.paths.map((path) => url + path),
                ],
              ],
            },
          }),
        ),
      ),
  );
}

/** Browsers without anybody: headless from the command line, and under puppeteer, Playwright and Selenium. */
function automatedJobs(chance: Chance): Job[] {
  const chromium = chromiumProgram();
  const firefox = firefoxProgram();
  const own = chromiumAgent(156, 'X11; Linux x86_64');
  const agents = [undefined, own, chromiumAgent(156, windows), chromiumAgent(150, mac)];
  const jobs: Job[] = [];
  const add = (
    family: string,
    client: string,
    behaviour: string,
    pasted: boolean,
    command: (url: string) => readonly string[],
  ) => {
    for (const protocol of protocols) {
      jobs.push({
        form: { family, label: 'bot', pasted, client, behaviour },
        protocols: [protocol],
        drive: { kind: 'commands', pauseMs: 0, timeoutMs: 50_000, commands: (url) => [command(url)] },
      });
    }
  };
  for (const agent of chromium === undefined ? [] : agents) {
    const flags = [
      ...quietFlags,
      '--headless=new',
      '--ignore-certificate-errors',
      '--virtual-time-budget=4000',
      '--dump-dom',
    ];
    add('headless chromium', 'headless chromium', 'one page', agent !== undefined, (url) => [
      ...[chromium!, ...flags, ...(agent === undefined ? [] : [`--user-agent=${agent}`])],
      `${url}${chance.pick(['', 'products/2', 'about'])}`,
    ]);
    for (const driver of ['puppeteer', 'playwright'] as const) {
      for (const behaviour of chance.shuffled(['crawl', 'scrape', 'click']).slice(0, 2)) {
        const mode = chance.pick(['headless', 'headless', 'headed']);
        add(driver, `${driver} ${mode}`, behaviour, agent !== undefined, (url) => [
          ...['node', join(root, 'lab/clients/driven.cjs'), driver, mode],
          ...[behaviour, agent ?? '', chromium!, url],
        ]);
      }
    }
    if (existsSync('/usr/bin/chromedriver')) {
      const behaviour = chance.pick(['crawl', 'scrape', 'click']);
      add('selenium', 'selenium chromium', behaviour, agent !== undefined, (url) => [
        ...['/usr/bin/python3', join(root, 'lab/clients/driven.py'), 'chromium', chance.pick(['headless', 'headed'])],
        ...[behaviour, agent ?? '', chromium!, url],
      ]);
    }
  }
  if (firefox !== undefined) {
    add('headless firefox', 'headless firefox', 'one page', false, (url) => [
      firefox,
      '--headless',
      '--screenshot',
      '/dev/null',
      url,
    ]);
    for (const behaviour of ['crawl', 'scrape', 'click']) {
      add('headless firefox', 'puppeteer firefox', behaviour, false, (url) => [
        ...['node', join(root, 'lab/clients/driven.cjs'), 'puppeteer-firefox', 'headless'],
        ...[behaviour, '', firefox, url],
      ]);
    }
  }
  return jobs;
}

/** People: each setting of each browser over each protocol, in languages that are drawn. */
function personJobs(chance: Chance): Job[] {
  if (findProgram('xdotool') === undefined || findProgram('Xvfb') === undefined) return [];
  const jobs: Job[] = [];
  for (const browser of ['chromium', 'firefox'] as const) {
    if ((browser === 'chromium' ? chromiumProgram() : firefoxProgram()) === undefined) continue;
    for (const setting of settings.filter((one) => one[browser] !== undefined)) {
      const times = setting.name === 'as it comes' ? 2 : 1;
      for (let time = 0; time < times; time++) {
        jobs.push({
          form: {
            family: browser,
            label: 'human',
            pasted: false,
            client: `headed ${browser}`,
            behaviour: setting.name,
          },
          protocols: chance.shuffled(protocols),
          drive: { kind: 'person', browser, setting, language: chance.pick(languages) },
        });
      }
    }
  }
  return jobs;
}
