import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../test/browsers/programs.ts';
import { root } from './network.ts';

/** What a tool is to do: addresses in their order, at a pace, under a name. */
export interface Errand {
  readonly urls: readonly string[];
  /** undefined: as the tool comes. */
  readonly agent: string | undefined;
  readonly pauseMs: number;
}

/** A program without a browser. */
export interface LabTool {
  /** Left out together in evaluation; shared with made sessions of the same program. */
  readonly family: string;
  readonly name: string;
  /** One command for all addresses, or one for each. */
  readonly takes: 'all' | 'each';
  /** It walks through the site by itself from the first address. */
  readonly walks?: boolean;
  /** It cannot be given a user agent, or to do so has no sense. */
  readonly fixedAgent?: boolean;
  command(errand: Errand): readonly string[];
}

const script = (name: string) => join(root, 'lab/clients', name);
const given = (flag: string, agent: string | undefined) => (agent === undefined ? [] : [flag, agent]);
const header = (flag: string, agent: string | undefined) => (agent === undefined ? [] : [flag, `User-Agent: ${agent}`]);

/** Scripts of ours around a library: LIBRARY USER-AGENT PAUSE-MS URL... */
const library = (family: string, name: string, before: readonly string[], fields: Partial<LabTool> = {}): LabTool => ({
  ...{ family, name, takes: 'all', ...fields },
  command: ({ urls, agent, pauseMs }) => [...before, agent ?? '', String(pauseMs), ...urls],
});

const single = (
  family: string,
  program: string,
  args: (url: string, agent: string | undefined) => readonly string[],
  fields: Partial<LabTool> = {},
): LabTool => ({
  ...{ family, name: program, takes: 'each', ...fields },
  command: ({ urls, agent }) => [program, ...args(urls[0]!, agent)],
});

const python = (family: string, name: string) =>
  library(family, `python ${name}`, ['/usr/bin/python3', script('visit.py'), name]);
const node = (family: string, name: string, fields: Partial<LabTool> = {}) =>
  library(family, `node ${name}`, ['node', script('visit.cjs'), name], fields);

/** Every tool that is installed here; `folder` is where words and compiled programs go. */
export function findLabTools(folder: string): LabTool[] {
  const words = join(folder, 'words');
  writeFileSync(
    words,
    [
      'admin',
      'about',
      'login',
      'products',
      '.env',
      'backup.zip',
      'api/items',
      'contact',
      'wp-login.php',
      'gone',
      'search',
      '.git/config',
    ].join('\n'),
  );
  const fuzz = (url: string) => `${url.replace(/\/$/, '')}/FUZZ`;
  const off = { fixedAgent: true } as const;
  const all: LabTool[] = [
    single('curl', 'curl', (url, agent) => ['-s', ...given('-A', agent), url]),
    {
      ...single('curl', 'curl', () => []),
      name: 'curl compressed',
      takes: 'all',
      command: ({ urls, agent }) => ['curl', '-s', '-L', '--compressed', ...given('-A', agent), ...urls],
    },
    single('wget', 'wget', (url, agent) => ['-q', '-O', '/dev/null', '-t', '1', ...given('-U', agent), url]),
    single(
      'wget',
      'wget',
      (url, agent) => ['-q', '-r', '-l', '2', '--delete-after', '-P', folder, '-t', '1', ...given('-U', agent), url],
      { name: 'wget -r', walks: true },
    ),
    python('python urllib', 'urllib'),
    python('python http.client', 'http.client'),
    python('python requests', 'requests'),
    python('python requests', 'requests-alone'),
    python('python httpx', 'httpx'),
    python('python httpx', 'httpx-h2'),
    python('python aiohttp', 'aiohttp'),
    python('scrapy', 'scrapy'),
    node('node fetch', 'fetch'),
    library('node fetch', 'node 26 fetch', [process.execPath, script('visit.cjs'), 'fetch']),
    node('node http', 'http'),
    node('node http', 'http-close'),
    node('node http2', 'http2'),
    node('undici', 'undici'),
    node('axios', 'axios'),
    node('got', 'got'),
    node('got', 'got-h2'),
    node('node-fetch', 'node-fetch'),
    node('superagent', 'superagent'),
    library('php', 'php curl', ['php', script('visit.php'), 'curl']),
    library('php', 'php streams', ['php', script('visit.php'), 'streams']),
    library('ruby', 'ruby net/http', ['ruby', script('visit.rb'), 'net']),
    library('ruby', 'ruby open-uri', ['ruby', script('visit.rb'), 'open-uri']),
    library('perl lwp', 'perl LWP', ['perl', script('visit.pl'), 'lwp']),
    library('perl tiny', 'perl HTTP::Tiny', ['perl', script('visit.pl'), 'tiny']),
    ...goTools(folder),
    ...javaTools(folder),
    single(
      'sqlmap',
      'sqlmap',
      (url, agent) => [
        '--batch',
        '-u',
        `${url}search?text=box`,
        '--level=1',
        '--timeout=5',
        ...given('--user-agent', agent),
        '--time-sec=1',
      ],
      { walks: true },
    ),
    single('ffuf', 'ffuf', (url, agent) => ['-s', '-w', words, '-u', fuzz(url), ...header('-H', agent)], {
      walks: true,
    }),
    single('gobuster', 'gobuster', (url, agent) => ['dir', '-q', '-k', '-w', words, '-u', url, ...given('-a', agent)], {
      walks: true,
    }),
    single('dirb', 'dirb', (url, agent) => [url, words, '-S', '-r', ...given('-a', agent)], { walks: true }),
    single(
      'wapiti',
      'wapiti',
      (url, agent) => [
        '-u',
        url,
        '-m',
        'backup',
        '--max-scan-time',
        '8',
        '-d',
        '1',
        '--flush-session',
        '--verify-ssl',
        '0',
        '--store-session',
        folder,
        '-o',
        join(folder, 'wapiti'),
        ...header('-H', agent),
      ],
      { walks: true },
    ),
    single(
      'nmap',
      'nmap',
      (url) => [
        '-Pn',
        '-n',
        '-p',
        new URL(url).protocol === 'https:' ? '443' : '80',
        '--script',
        'http-title,http-headers,http-enum,http-robots.txt',
        new URL(url).hostname,
      ],
      { walks: true, ...off },
    ),
    single('lynx', 'lynx', (url, agent) => ['-dump', ...(agent === undefined ? [] : [`-useragent=${agent}`]), url]),
    single('w3m', 'w3m', (url, agent) => ['-dump', ...(agent === undefined ? [] : ['-o', `user_agent=${agent}`]), url]),
    single('links', 'links', (url, agent) => [
      '-dump',
      '-ssl.certificates',
      '0',
      ...given('-http.fake-user-agent', agent),
      url,
    ]),
    single('elinks', 'elinks', (url) => ['-dump', url], off),
    single('aria2', 'aria2c', (url, agent) => [
      '-q',
      '--allow-overwrite=true',
      '-d',
      folder,
      '-o',
      'aria',
      ...given('-U', agent),
      url,
    ]),
    single('axel', 'axel', (url, agent) => [
      '-q',
      '-n',
      '1',
      '-o',
      join(folder, `axel${Math.random()}`),
      ...given('-U', agent),
      url,
    ]),
    single('httpie', 'http', (url, agent) => [
      '--ignore-stdin',
      '--verify=no',
      'GET',
      url,
      ...(agent === undefined ? [] : [`User-Agent:${agent}`]),
    ]),
    single('siege', 'siege', (url, agent) => ['-q', '-c', '1', '-r', '6', ...given('-A', agent), url], { walks: true }),
    single('ab', 'ab', (url, agent) => ['-q', '-n', '8', '-c', '2', ...header('-H', agent), url], { walks: true }),
    single('wrk', 'wrk', (url, agent) => ['-d', '1', '-c', '1', '-t', '1', ...header('-H', agent), url], {
      walks: true,
    }),
    single(
      'h2load',
      'h2load',
      (url, agent) => [
        '-n',
        '8',
        '-c',
        '1',
        ...(url.startsWith('https') ? [] : ['--h1']),
        ...header('-H', agent?.toLowerCase() === undefined ? undefined : agent),
        url,
      ],
      { walks: true },
    ),
    single('hey', 'hey', (url, agent) => ['-n', '8', '-c', '1', ...given('-U', agent), url], { walks: true }),
    single(
      'newsboat',
      'newsboat',
      (url) => ['-u', feedList(folder, url), '-c', join(folder, `cache${Math.random()}`), '-x', 'reload'],
      { walks: true, ...off },
    ),
  ];
  return all.filter(
    ({ command }) =>
      findProgram(
        command({ urls: ['http://x/'], agent: undefined, pauseMs: 0 })[0]!
          .split('/')
          .at(-1)!,
      ) !== undefined || existsSync(command({ urls: ['http://x/'], agent: undefined, pauseMs: 0 })[0]!),
  );
}

function feedList(folder: string, url: string): string {
  const path = join(folder, `feeds-${new URL(url).host}-${new URL(url).protocol.slice(0, -1)}`);
  writeFileSync(path, `${url}feed.xml\n`);
  return path;
}

function goTools(folder: string): LabTool[] {
  const built = join(folder, 'visit-go');
  try {
    const env = { ...process.env, GOCACHE: join(folder, 'go-cache'), GO111MODULE: 'off', HOME: folder };
    execFileSync('go', ['build', '-o', built, script('visit.go')], { env, stdio: 'pipe' });
  } catch {
    return [];
  }
  return [library('go', 'go net/http', [built, 'keep']), library('go', 'go net/http close', [built, 'close'])];
}

function javaTools(folder: string): LabTool[] {
  try {
    execFileSync('javac', ['-d', folder, script('Visit.java')], { stdio: 'pipe' });
  } catch {
    return [];
  }
  const jars = existsSync('/usr/share/java')
    ? readdirSync('/usr/share/java').filter((name) => /^(okhttp|okio)\.jar$/.test(name))
    : [];
  const path = [folder, ...jars.map((name) => `/usr/share/java/${name}`)].join(':');
  const java = (family: string, name: string) =>
    library(family, `java ${name}`, ['java', '-XX:TieredStopAtLevel=1', '-cp', path, 'Visit', name]);
  return [
    java('java client', 'client'),
    java('java url', 'url'),
    ...(jars.length === 0 ? [] : [java('okhttp', 'okhttp')]),
  ];
}
