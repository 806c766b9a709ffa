import type { Chance } from '../../kernel/chance.ts';

type Line = readonly [name: string, value: string];

/** How one kind of program writes its requests, from its own documentation and from what it was seen to send. */
export interface BotTool {
  readonly family: string;
  readonly userAgents: readonly string[];
  readonly version?: '1.0';
  /** Its lines when given a user agent (undefined: it sends none) and headers of the script's own. */
  lines(userAgent: string | undefined, own: readonly Line[], chance: Chance): readonly Line[];
}

const host: Line = ['Host', '{host}'];
const lower = (lines: readonly Line[]) => lines.map(([name, value]): Line => [name.toLowerCase(), value]);
const has = (lines: readonly Line[], name: string) => lines.some(([one]) => one.toLowerCase() === name.toLowerCase());
/** Defaults that the script's own headers replace. */
const unless = (own: readonly Line[], ...defaults: readonly Line[]) => defaults.filter(([name]) => !has(own, name));
const agent = (userAgent: string | undefined, name = 'User-Agent'): Line[] =>
  userAgent === undefined ? [] : [[name, userAgent]];
/** Replaces values in place, as Python's header dictionaries do; what is new comes behind. */
function merged(defaults: readonly Line[], own: readonly Line[]): Line[] {
  const replaced = defaults.map(
    ([name, value]): Line => own.find(([one]) => one.toLowerCase() === name.toLowerCase()) ?? [name, value],
  );
  return [...replaced, ...own.filter(([name]) => !has(defaults, name))];
}

export const botTools: readonly BotTool[] = [
  {
    family: 'curl',
    userAgents: ['curl/7.88.1', 'curl/8.5.0', 'curl/8.10.1', 'curl/7.68.0', 'libcurl/7.81'],
    lines: (userAgent, own) => [host, ...unless(own, ...agent(userAgent), ['Accept', '*/*']), ...own],
  },
  {
    family: 'wget',
    userAgents: ['Wget/1.21.3', 'Wget/1.24.5', 'Wget/1.20.3 (linux-gnu)'],
    lines: (userAgent, own) => [
      host,
      ...merged(
        [...agent(userAgent), ['Accept', '*/*'], ['Accept-Encoding', 'identity'], ['Connection', 'Keep-Alive']],
        own,
      ),
    ],
  },
  {
    family: 'python requests',
    userAgents: ['python-requests/2.31.0', 'python-requests/2.28.2', 'python-requests/2.32.3'],
    lines: (userAgent, own, chance) => [
      host,
      ...merged(
        [
          ...agent(userAgent),
          ['Accept-Encoding', chance.pick(['gzip, deflate', 'gzip, deflate, br'])],
          ['Accept', '*/*'],
          ['Connection', 'keep-alive'],
        ],
        own,
      ),
    ],
  },
  {
    family: 'python urllib',
    userAgents: ['Python-urllib/3.11', 'Python-urllib/3.8', 'Python-urllib/3.12'],
    lines: (userAgent, own) => [
      ['Accept-Encoding', 'identity'],
      ...(has(own, 'Host') ? [] : [host]),
      ...agent(userAgent),
      ...own
        .filter(([name]) => !/^(accept-encoding|connection)$/i.test(name))
        .map(([name, value]): Line => [name.charAt(0).toUpperCase() + name.slice(1).toLowerCase(), value]),
      ['Connection', 'close'],
    ],
  },
  {
    family: 'python httpx',
    userAgents: ['python-httpx/0.27.0', 'python-httpx/0.25.2'],
    lines: (userAgent, own) => [
      host,
      ...merged(
        [['Accept', '*/*'], ['Accept-Encoding', 'gzip, deflate'], ['Connection', 'keep-alive'], ...agent(userAgent)],
        own,
      ),
    ],
  },
  {
    family: 'python aiohttp',
    userAgents: ['Python/3.11 aiohttp/3.9.1', 'Python/3.12 aiohttp/3.10.5'],
    lines: (userAgent, own) => [
      host,
      ...own,
      ...unless(own, ['Accept', '*/*'], ['Accept-Encoding', 'gzip, deflate'], ...agent(userAgent)),
    ],
  },
  {
    family: 'scrapy',
    userAgents: ['Scrapy/2.11.0 (+https://scrapy.org)', 'Scrapy/2.5.1 (+https://scrapy.org)'],
    lines: (userAgent, own) => [
      ...merged(
        [
          ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
          ['Accept-Language', 'en'],
          ...agent(userAgent),
          ['Accept-Encoding', 'gzip, deflate, br'],
        ],
        own,
      ),
      host,
    ],
  },
  {
    family: 'node fetch',
    userAgents: ['node', 'undici', 'node-fetch'],
    lines: (userAgent, own) => {
      const given = lower(own);
      return [
        ['host', '{host}'],
        ['connection', 'keep-alive'],
        ...given.filter(([name]) => !/^(connection|host)$/.test(name)),
        ...unless(
          given,
          ['accept', '*/*'],
          ['accept-language', '*'],
          ['sec-fetch-mode', 'cors'],
          ...agent(userAgent, 'user-agent'),
          ['accept-encoding', 'gzip, deflate'],
        ),
      ];
    },
  },
  {
    family: 'node http',
    userAgents: ['axios/1.6.2', 'axios/0.27.2', 'got (https://github.com/sindresorhus/got)', 'node-superagent/8.1.2'],
    lines: (userAgent, own, chance) => [
      ...merged(
        [
          ['Accept', 'application/json, text/plain, */*'],
          ...agent(userAgent),
          ['Accept-Encoding', 'gzip, compress, deflate, br'],
        ],
        own,
      ),
      host,
      ['Connection', chance.pick(['close', 'keep-alive'])],
    ],
  },
  {
    family: 'go',
    userAgents: ['Go-http-client/1.1'],
    lines: (userAgent, own) => [
      host,
      ...agent(userAgent),
      ...[...own.filter(([name]) => !/^(user-agent|host)$/i.test(name))]
        .map(
          ([name, value]): Line => [name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()), value],
        )
        .sort(([left], [right]) => (left < right ? -1 : 1)),
      ...unless(own, ['Accept-Encoding', 'gzip']),
    ],
  },
  {
    family: 'java',
    userAgents: [
      'okhttp/4.12.0',
      'okhttp/3.14.9',
      'Java/17.0.2',
      'Apache-HttpClient/4.5.13 (Java/11.0.2)',
      'Java-http-client/17.0.15',
    ],
    lines: (userAgent, own) => [
      ...agent(userAgent),
      ...own.filter(([name]) => !/^(user-agent|accept-encoding|connection|host)$/i.test(name)),
      host,
      ['Connection', 'Keep-Alive'],
      ['Accept-Encoding', 'gzip'],
    ],
  },
  {
    family: 'ruby',
    userAgents: ['Ruby', 'Faraday v2.7.4', 'rest-client/2.1.0 (linux x86_64) ruby/3.0.2p107'],
    lines: (userAgent, own) => [
      ...merged(
        [['Accept-Encoding', 'gzip;q=1.0,deflate;q=0.6,identity;q=0.3'], ['Accept', '*/*'], ...agent(userAgent)],
        own,
      ),
      ['Connection', 'close'],
      host,
    ],
  },
  {
    family: 'php',
    userAgents: ['GuzzleHttp/7', 'PHP/8.1', 'WordPress/6.4; https://blog.example', 'Symfony HttpClient (Curl)'],
    lines: (userAgent, own) => [host, ...unless(own, ...agent(userAgent)), ...own, ['Connection', 'close']],
  },
  {
    family: 'perl',
    userAgents: ['libwww-perl/6.67', 'HTTP-Tiny/0.080', 'lwp-request/6.39'],
    lines: (userAgent, own) => [
      ['TE', 'deflate,gzip;q=0.3'],
      ['Connection', 'TE, close'],
      host,
      ...agent(userAgent),
      ...own,
    ],
  },
  {
    family: 'dotnet',
    userAgents: [
      'Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1',
      'RestSharp/110.2.0.0',
    ],
    lines: (userAgent, own) => [
      ...agent(userAgent),
      ...own.filter(([name]) => !/^user-agent$/i.test(name)),
      host,
      ['Connection', 'Keep-Alive'],
    ],
  },
  {
    family: 'load tool',
    userAgents: ['ApacheBench/2.3', 'hey/0.0.1', 'k6/0.49.0 (https://k6.io/)', 'Vegeta'],
    version: '1.0',
    lines: (userAgent, own) => [host, ...agent(userAgent), ['Accept', '*/*'], ...own],
  },
  {
    family: 'raw socket',
    userAgents: ['', '-', 'Mozilla/5.0', 'test', 'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)'],
    lines: (userAgent, own, chance) => [
      host,
      ...agent(userAgent),
      ...(chance.happens(0.5) ? ([['Connection', 'close']] as const) : []),
      ...own,
    ],
  },
  {
    family: 'crawler',
    userAgents: [
      'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36',
      'Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
      'Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)',
      'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
      'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2; +https://openai.com/gptbot',
      'Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)',
      'CCBot/2.0 (https://commoncrawl.org/faq/)',
      'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
      'Mozilla/5.0 (compatible; MJ12bot/v1.4.8; http://mj12bot.com/)',
      'Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
      'FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)',
      'Twitterbot/1.0',
      'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    ],
    lines: (userAgent, own, chance) => [
      host,
      ...(chance.happens(0.5) ? ([['Connection', 'keep-alive']] as const) : []),
      [
        'Accept',
        chance.pick([
          '*/*',
          'text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8',
          'text/html',
        ]),
      ],
      ...(chance.happens(0.4) ? ([['From', 'bot@search.example']] as const) : []),
      ...agent(userAgent),
      ['Accept-Encoding', chance.pick(['gzip, deflate, br', 'gzip, deflate', 'gzip'])],
      ...own,
    ],
  },
  {
    family: 'scanner',
    userAgents: [
      'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:000001)',
      'sqlmap/1.7.2#stable (https://sqlmap.org)',
      'Fuzz Faster U Fool v2.1.0-dev',
      'gobuster/3.6',
      'Mozilla/5.0 zgrab/0.x',
      'masscan/1.3 (https://github.com/robertdavidgraham/masscan)',
      'WPScan v3.8.25 (https://wpscan.com/wordpress-security-scanner)',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/81.0.4044.129 Safari/537.36',
    ],
    lines: (userAgent, own, chance) => [
      host,
      ...agent(userAgent),
      ...(chance.happens(0.6) ? ([['Accept', '*/*']] as const) : []),
      ...(chance.happens(0.5) ? ([['Accept-Encoding', 'gzip']] as const) : []),
      ...(chance.happens(0.5) ? ([['Connection', 'close']] as const) : []),
      ...own,
    ],
  },
];
