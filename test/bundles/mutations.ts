import type { BundleKind } from '../../src/contract/bundleKind.ts';
import type { Random } from '../../src/kernel/random.ts';
import { baseEdits, baseRule, baseUpstream, type Loose, pick, signalTable, signalTableNames, whole } from './bases.ts';
import { knownPem } from './certificates.ts';
import { knownExpressions } from './expressions.ts';

/** Changes a payload in place, somewhere where it may hurt. */
export type Mutation = (file: Loose, random: Random) => void;

const oddNumbers = [0, -0, -1, 1, 0.5, 255, 256, 65_536, 1e7, -1e7, 2 ** 31, 2 ** 53, 3.5e38, -3.5e38, 1e308, 5e-324];
const oddTexts = [
  '',
  ' ',
  '\u0000',
  'a'.repeat(65),
  'f 1',
  '1f',
  'é',
  '__proto__',
  'constructor',
  'f0',
  '../x',
  '\u2028',
  'A_9',
  '<b>',
];
const oddValues = [...oddNumbers, ...oddTexts, null, true, false, [], {}, [[]], [1, 2], { a: 1 }, ['f0']];

const oddKeys = [
  '',
  't13d1516h2_8daaf6152771_02713d6af862',
  'T13d1516h2_8daaf6152771_02713d6af862',
  't13d1516h2_8daaf6152771_02713d6af8622',
  '192.0.2.1/24',
  '1.2.3.0/24',
  '1.2.3.0/24\n',
  '0001.2.3.0/24',
  '2001:db8::/48',
  '2001:DB8::/48',
  'abcdef012345',
  'abcdef0123456',
  '4294967295',
  '0',
  '-1',
  '__proto__',
  'x'.repeat(10_000),
  1,
  null,
];
const oddFigures = [0, -0, 1, 0.5, 1.000_001, -0.1, 2, 24, 1_001, 1e300, null, '1', [], true];

const oddHeaderNames = [
  'X-New',
  'Host',
  'host_',
  'content_length',
  'Transfer-Encoding',
  'Holdfast-Error',
  'holdfast_bot_score',
  'Holdfast',
  'Via',
  'TE',
  'X Y',
  'X:',
  '',
  'é',
  '__proto__',
  'Set-Cookie',
  'x'.repeat(128),
  'x'.repeat(129),
];
const oddFroms = [
  '',
  '/',
  '/*',
  '*',
  '/a*b',
  '/a?b',
  '/a#',
  '/a b',
  '/é',
  'a',
  '//a',
  '/a**',
  '/%2e',
  '/\\',
  `/${'a'.repeat(2_048)}`,
];
const oddTos = [
  '/*',
  '//evil.example',
  '//*',
  '/\\evil',
  'https://a.example/*',
  'https://a.example*',
  'https://a.example',
  'https://a.example:0/',
  'https://a.example:443/x',
  'https://u@a.example/',
  'HTTPS://a.example/',
  'https://256.0.0.1/',
  'https://[::1]/?a=b',
  'ftp://a/',
  'javascript:alert(1)',
  '/x?y=*',
  '/x?y=1',
  '/x#y',
  '/\r\nSet-Cookie: a=b',
  '',
];

const emptyNetworks = () => ({ starts: '', asns: '', countries: '' });
const emptyMembers = () => ({ starts: '', lists: '' });

function base64(words: readonly number[]): string {
  return Buffer.from(Uint32Array.from(words).buffer).toString('base64');
}

function base64Octets(octets: readonly number[]): string {
  return Buffer.from(octets).toString('base64');
}

/** As many codes, none twice. */
function countryCodes(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    String.fromCharCode(65 + Math.floor(index / 26), 65 + (index % 26)),
  );
}

/** Changes one array of steps, and sometimes the others along with it, so that their lengths fit. */
function onWords(change: (words: number[], random: Random) => void): Mutation {
  return (file, random) => {
    const table = pick(random, ['networks', 'members']);
    const family = pick(random, ['ipv4', 'ipv6']);
    const steps = file[table][family];
    const key = pick(random, table === 'networks' ? ['starts', 'asns'] : ['starts', 'lists']);
    const read = (each: string) => {
      const bytes = Buffer.from(steps[each], 'base64');
      return Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readUInt32LE(index * 4));
    };
    const words = read(key);
    change(words, random);
    steps[key] = base64(words);
    if (random.next() < 0.3) return;
    const count = key === 'starts' && family === 'ipv6' ? words.length >> 1 : words.length;
    const fit = (each: string, length: number) => {
      const before = read(each);
      steps[each] = base64(Array.from({ length }, (_, index) => before[index] ?? index));
    };
    if (key !== 'starts') fit('starts', family === 'ipv6' ? count * 2 : count);
    if (table === 'members') return key === 'lists' ? undefined : fit('lists', count);
    if (key !== 'asns') fit('asns', count);
    steps.countries = base64Octets(Array.from({ length: count }, (_, index) => index % 3));
  };
}

export const mutations: Readonly<Record<BundleKind, readonly Mutation[]>> = {
  lists: [
    onWords((words, random) => {
      words.push(pick(random, [0, 1, 255, 4_294_967_295, words.at(-1) ?? 7]));
    }),
    onWords((words) => {
      words.push(...words);
    }),
    onWords((words, random) => {
      words[whole(random, 0, words.length - 1)] = pick(random, [0, 1, 2, 3, 4, 15, 16, 256, 2 ** 31, 4_294_967_295]);
    }),
    onWords((words) => {
      words.reverse();
    }),
    onWords((words) => {
      words.splice(0);
    }),
    // A list that holds most of the world.
    (file, random) => {
      const steps = file.members.ipv4;
      const half = [1 << 16, pick(random, [2 ** 30, 2 ** 30 + 65_536, 2 ** 30 + 65_537, 2 ** 31])];
      steps.starts = base64(half);
      steps.lists = base64([1, 0]);
    },
    (file, random) => {
      const steps = file.members.ipv6;
      const end = pick(random, [0x2800_0000, 0x2800_0001, 0x3000_0000, 0xffff_0000]);
      steps.starts = base64([pick(random, [0, 0x1fff_ffff, 0x2000_0000]), 0, end, 0]);
      steps.lists = base64([1, 0]);
    },
    (file) => {
      file.networks = { ipv4: emptyNetworks(), ipv6: emptyNetworks() };
      file.members = { ipv4: emptyMembers(), ipv6: emptyMembers() };
    },
    (file, random) => {
      const count = pick(random, [120_000, 120_001]);
      // The largest take as long as fifty others.
      if (random.next() > 0.05) return;
      file.members.ipv4.starts = base64(Array.from({ length: count }, (_, index) => index + 1));
      file.members.ipv4.lists = base64(Array.from({ length: count }, () => 0));
    },
    (file, random) => {
      file.names = pick<Loose>(random, [
        ['vpn', 'vpn'],
        ['Vpn'],
        ['a b'],
        ['crawler', 'hosting', 'office', 'vpn', 'zoo'],
        ['hosting', 'vpn'],
        ['a', 'b', 'c', 'd'],
        ['x'.repeat(32), 'y', 'z', 'w'],
        ['x'.repeat(33), 'y', 'z', 'w'],
        Array.from({ length: pick(random, [32, 33]) }, (_, index) => `l${index}`),
        [1],
        'vpn',
      ]);
    },
    (file, random) => {
      file.countries = pick<Loose>(random, [
        countryCodes(pick(random, [255, 256, 256, 300])),
        countryCodes(256),
        [],
        ['DE'],
        ['de', 'FR'],
        ['DE', 'DE'],
        ['DEU', 'FR'],
        ['DE', 'FR', 'US'],
        [1, 2],
        7,
      ]);
    },
    (file, random) => {
      const source = { name: 'x', licence: 'y', attribution: 'z'.repeat(pick(random, [0, 500, 501])) };
      file.sources = pick<Loose>(random, [
        [],
        [source],
        [{ name: 'x' }],
        Array(pick(random, [64, 65])).fill(source),
        'x',
      ]);
    },
    (file, random) => {
      const steps = file[pick(random, ['networks', 'members'])].ipv4;
      steps.starts = pick<Loose>(random, [
        `${steps.starts} `,
        `${steps.starts}=`,
        'AAA=',
        'AAAA',
        'AAAAAA==',
        'AAAAAB==',
        '____',
        '',
        1,
        null,
      ]);
    },
    (file, random) => {
      file.networks.ipv4.countries = base64Octets(Array.from({ length: 24 }, () => pick(random, [0, 1, 2, 2, 3, 255])));
    },
  ],
  features: [
    (file) => file.features.push(...structuredClone(file.features)),
    (file) => file.features.push(...file.features, ...file.features, ...file.features),
    (file, random) => {
      const added = whole(random, 1, 8);
      for (let index = 0; index < added; index++)
        file.features.push({ ...structuredClone(file.features[0]), name: `new${index}` });
    },
    (file, random) => {
      const added = whole(random, 1, 21);
      for (let index = 0; index < added; index++)
        file.features.push({ ...structuredClone(file.features[0]), name: `shipped${index}` });
    },
    (file, random) => {
      const count = pick(random, [199, 200, 201, 240]);
      for (let index = file.features.length; index < count; index++)
        file.features.push({ ...file.features[0], name: `g${index}` });
    },
    (file) => file.features.splice(0),
    (file, random) => file.features.splice(whole(random, 0, file.features.length), whole(random, 1, 5)),
    (file, random) => file.features.reverse().splice(0, whole(random, 0, 2)),
    onFeature((feature, random) => {
      feature.name = pick(random, oddTexts);
    }),
    onFeature((feature, random) => {
      feature.type = pick(random, ['UInt64', 'String', 'float32', 'UInt8', 'Int32', 'Nullable(UInt8)', '__proto__']);
    }),
    onFeature((feature, random) => {
      feature.range = pick(random, [
        [0, 0],
        [1, 0],
        [0, 1e300],
        [-1, 1],
        [0, 255],
        [0, 256],
        [0],
        [0, 1, 2],
        [16_777_216, 16_777_217],
        [0, 1e-50],
        'x',
      ]);
    }),
    onFeature((feature, random) => {
      feature.default = pick(random, [-1, 0, 100, 100.5, 1e9, null, '1', 99.9]);
    }),
    onFeature((feature, random) => {
      feature.extractor = pick(random, [
        'header-count',
        'path-depth',
        'no-such',
        '__proto__',
        'toString',
        '',
        'x'.repeat(65),
      ]);
      feature.parameters = {};
    }),
    onFeature((feature, random) => {
      feature.parameters = pick<Loose>(random, [
        { header: 'te' },
        { header: 'a b' },
        { header: 1 },
        { headers: [] },
        { headers: ['a', 'b'] },
        { headers: Array(65).fill('a') },
        { nothing: true },
        { header: 'x'.repeat(1_025) },
        { header: null },
        { 'a-b': 1 },
        Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`p${index}`, index])),
      ]);
    }),
  ],
  model: [
    (file, random) => {
      file.features = pick(random, [
        [],
        ['f0', 'f0', 'f1', 'f2'],
        ['f0', 'nothing', 'f2', 'f5'],
        ['f0', '1 2', 'f2', 'f5'],
        ['f0', 'f1', 'f2', 'f5', 'f6'],
      ]);
    },
    (file) => {
      file.features = Array.from({ length: 201 }, (_, index) => `f${index}`);
    },
    (file, random) => {
      file.roots = pick(random, [
        [],
        [0],
        [0, 0],
        [1],
        [-1],
        [file.feature.length],
        [0.5],
        [...file.roots, 1],
        Array(501).fill(0),
        [...file.roots].reverse(),
      ]);
    },
    (file) => {
      for (const key of ['feature', 'threshold', 'left', 'right', 'missingRight', 'roots']) file[key] = [];
    },
    (file, random) => {
      file[pick(random, ['threshold', 'left', 'right', 'missingRight'])].push(0);
    },
    onNode('feature', [-2, -1, 0, 3, 4, 1e9, 0.5]),
    onNode('threshold', [...oddNumbers, 1e6, 1.1e6, -1e6]),
    onNode('left', [-1, 0, 1, 2, 5, 1e9, 1.5]),
    onNode('right', [-1, 0, 1, 2, 5, 1e9, 1.5]),
    onNode('missingRight', [0, 1, 2, -1, 0.5]),
    (file, random) => {
      file.bias = pick(random, [0, 1e6, -1e6, 1e7, 1e300, '0', null]);
    },
    (file, random) => {
      file.name = pick(random, ['', 'x', 'x'.repeat(100), 'x'.repeat(101), 7, '<script>']);
    },
    chain(64),
    chain(65),
    // The largest take as long as fifty others.
    (file, random) => {
      if (random.next() < 0.1) setNodes(file, pick(random, [65_536, 65_537]));
    },
    (file) => {
      file.features[1] = file.features[0];
    },
    (file) => {
      file.roots = [];
    },
  ],
  sites: [
    onSite((site, random) => {
      site.name = pick(random, [
        'site1.example',
        'default',
        'A.example',
        '',
        'a/b',
        '[::1]',
        `${'a.'.repeat(127)}a`,
        'x..y',
      ]);
    }),
    onSite((site, random) => {
      site.hosts = pick<Loose>(random, [
        [],
        ['*'],
        ['site1.example'],
        ['A.b'],
        ['a:80'],
        ['[::1]', '127.0.0.1'],
        ['-a'],
        ['a', 'a'],
        ['*.a.b'],
        'a',
        [`${'a'.repeat(254)}`],
        Array.from({ length: 101 }, (_, index) => `h${index}`),
      ]);
    }),
    onSite((site, random) => {
      if (random.next() < 0.8) delete site.origins;
      site.origin = pick(random, [
        'http://a:1',
        'https://a:1',
        'https://[::1]:443',
        'https://a',
        'ftp://a:1',
        'HTTP://a:1',
        'http://a',
        'http://a:0',
        'http://a:65535',
        'http://a:65536',
        'http://a:1/',
        'http://u@a:1',
        'http://[::1]:80',
        'http://[:::::]:80',
        'http://[1::2::3]:80',
        'http://[::ffff:1.2.3.4]:80',
        'http://[::1.2.3.04]:80',
        'http://1.2.3.4:80',
        'http://256.0.0.1:80',
        'http://01.2.3.4:80',
        'http://1.2.3.4.5:80',
        'http://1.2:80',
        'http://app.1:80',
        'http://1.app:80',
        'http://a.0x:80',
        'http://0x7f.app:80',
        'http://A:1',
        'http://a:080',
        `http://${'a'.repeat(254)}:1`,
        1,
      ]);
    }),
    onSite((site, random) => {
      if (random.next() < 0.9) delete site.origin;
      site.origins = pick<Loose>(random, [
        [],
        [{ url: 'http://a:1' }],
        [{ url: 'http://a:1' }, { url: 'https://a:1' }],
        [{ url: 'http://a:1' }, { url: 'http://a:1', weight: 2 }],
        [{ url: 'http://a:1', weight: pick(random, [0, 1, 1_000, 1_001, 0.5, '1', null]) }],
        [{ url: 'http://a' }],
        [{ weight: 1 }],
        ['http://a:1'],
        'http://a:1',
        Array.from({ length: pick(random, [32, 33]) }, (_, index) => ({ url: `http://a:${index + 1}` })),
      ]);
    }),
    onSite((site, random) => {
      site.upstream = baseUpstream();
      const odd = pick(random, [
        0,
        9,
        10,
        99,
        100,
        101,
        60_000,
        60_001,
        65_536,
        65_537,
        3_600_001,
        86_400_001,
        1.5,
        -1,
        '5',
      ]);
      const { health, outlier, retries } = site.upstream;
      const [holder, key] = pick<Loose>(random, [
        [site.upstream, pick(random, ['connectTimeoutMs', 'answerTimeoutMs', 'bodyIdleTimeoutMs', 'keepAliveMs'])],
        [site.upstream, 'requestsMax'],
        [health, pick(random, ['intervalMs', 'timeoutMs', 'unhealthyAfter', 'healthyAfter'])],
        [outlier, pick(random, ['failures', 'ejectMs', 'ejectMsMax', 'enabled'])],
        [retries, 'max'],
      ]);
      holder[key] = odd;
    }),
    onSite((site, random) => {
      site.upstream = baseUpstream();
      if (random.next() < 0.3)
        site.upstream.health.host = pick<Loose>(random, ['a', '[::1]', 'a:80', 'A', '', 'a b', 1]);
      else
        site.upstream.health.path = pick<Loose>(random, [
          '',
          '/',
          'a',
          '/a b',
          '/#',
          '/é',
          '/?a=b',
          `/${'a'.repeat(1_024)}`,
          1,
        ]);
    }),
    onSite((site, random) => {
      site.upstream = baseUpstream();
      const { tls } = site.upstream;
      const key = pick(random, ['verify', 'serverName', 'ca', 'certificate', 'keyPath', 'key']);
      if (key === 'ca' || key === 'certificate') tls[key] = pick(random, knownPem).text;
      else if (random.next() < 0.2) delete tls[key];
      else if (key === 'keyPath') tls[key] = pick(random, ['/k', '/', 'k.pem', '', '/a\n', `/${'k'.repeat(1_024)}`]);
      else tls[key] = pick<Loose>(random, [true, 'false', 'a.b', '1.2.3.4', '[::1]', 'A', '', 'a:1', 'app.1', '_x']);
    }),
    onSite((site, random) => {
      const key = pick(random, ['bodyBytesMax', 'headBytesMax', 'bytesMax']);
      site.limits = {
        [key]: pick<Loose>(random, [0, -1, 1_023, 1_024, 65_536, 65_537, 2 ** 40, 2 ** 40 + 1, 0.5, '1']),
      };
    }),
    onSite((site, random) => {
      Object.assign(site, baseEdits());
      const { set, add, remove } = site.requestHeaders;
      const name = pick(random, oddHeaderNames);
      const value = pick(random, [
        '',
        'a b',
        ' a',
        'a\tb',
        'a\r\nb: c',
        'a\u0000',
        'é',
        '~',
        'x'.repeat(4_096),
        'x'.repeat(4_097),
      ]);
      const change = pick<() => void>(random, [
        () => set.push({ name, value: 'a' }),
        () => add.push({ name: 'X-New', value }),
        () => remove.push(name),
        () => remove.push(pick(random, ['x-site', 'X-SITE', 'x-old', 'X-Other'])),
        () => set.push(pick<Loose>(random, [null, 'a', { name }, { name: 1, value }, { name: 'a', value: null }])),
        () => {
          const count = pick(random, [32, 33]);
          site.responseHeaders = { remove: Array.from({ length: count }, (_, index) => `x-${index}`) };
        },
      ]);
      change();
    }),
    onSite((site, random) => {
      site.redirects = pick<Loose>(random, [
        [{ from: pick(random, oddFroms), to: '/new' }],
        [{ from: '/old/*', to: pick(random, oddTos) }],
        [{ from: '/old', to: pick(random, oddTos), status: pick(random, [301, 308]) }],
        [{ from: '/old', to: '/new', status: pick<Loose>(random, [300, 301, 302, 303, 307, 308, '301', null]) }],
        [
          { from: '/a', to: '/b' },
          { from: '/b', to: pick(random, ['/a', '/c', 'http://a/']) },
        ],
        [{ from: '/*', to: pick(random, ['/', '/x/*', '/*', 'http://a/*']) }],
        [
          { from: '/a*', to: pick(random, ['/*', '/a*', '//*', '/b?a']) },
          { from: '/', to: '/aa' },
        ],
        [
          { from: '/a', to: '/b' },
          { from: '/a', to: '/c' },
        ],
        Array.from({ length: pick(random, [200, 201]) }, (_, index) => ({ from: `/f${index}`, to: `/t${index}` })),
        Array.from({ length: pick(random, [9, 10, 11]) }, (_, index) => ({ from: `/${index}`, to: `/${index + 1}` })),
        Array.from({ length: pick(random, [9, 10, 11]) }, (_, index) => ({
          from: `/${index}/*`,
          to: `/${index + 1}//*`,
        })),
      ]);
    }),
    onSite((site, random) => {
      site.errorPages = pick<Loose>(random, [
        [{ status: pick<Loose>(random, [399, 400, 599, 600, 500.5, '502', null]), body: 'x' }],
        [{ status: 500, body: pick<Loose>(random, ['', 'x', 'x'.repeat(16_384), 'x'.repeat(16_385), 1]) }],
        [
          { status: 500, body: 'x' },
          { status: pick(random, [500, 501]), body: 'y' },
        ],
        Array.from({ length: pick(random, [32, 33]) }, (_, index) => ({ status: 500 + index, body: 'x' })),
        { 502: 'x' },
      ]);
    }),
    (file) => file.sites.splice(0),
    (file) => file.sites.push(structuredClone(file.sites[0])),
    (file) => {
      file.sites = Array.from({ length: 1_001 }, (_, index) => ({
        name: `s${index}`,
        hosts: [`s${index}`],
        origin: 'http://a:1',
        rules: [],
      }));
    },
    onSite((site, random) => {
      const count = pick(random, [199, 200, 201]);
      site.rules = Array.from({ length: count }, (_, index) => ({ ...baseRule(`r${index}`, random), when: 'true' }));
    }),
    onSite((site, random) =>
      site.rules.push(baseRule(pick(random, ['rule 0', '', 'x'.repeat(101), 'a\u0007', 'é/é', 'more']), random)),
    ),
    onSite((site, random) => {
      const name = pick(random, ['rule 0', 'twice']);
      site.rules.push(baseRule(name, random), baseRule(pick(random, [name, 'once']), random));
    }),
    onSite((site, random) => {
      const costly = knownExpressions.filter((each) => each.verdict === 'rule-too-costly');
      site.rules.push({ ...baseRule('costly', random), when: pick(random, costly).when });
    }),
    onSite((site, random) =>
      site.rules.push({ ...baseRule('odd', random), when: pick(random, knownExpressions).when }),
    ),
    onSite((site, random) => {
      const allow = {
        name: 'allow people',
        when: 'bot.score >= 30',
        then: { action: 'allow' },
        dryRun: random.next() < 0.2,
        whenAbsent: 'never-block',
      };
      const block = {
        name: 'block rest',
        when: pick(random, ['true', 'request.path == "/admin"', 'bot.score < 30']),
        then: { action: 'block', status: 403, body: '' },
        dryRun: random.next() < 0.2,
        whenAbsent: pick(random, ['block', 'never-block']),
      };
      site.rules.push(allow, block);
    }),
    onSite((site, random) => {
      const then = pick<Loose>(random, [
        { action: 'limit', rate: 10, per: 'minute', key: 'address' },
        { action: 'limit', rate: 1, per: 'day', burst: 1_000_000, key: 'header X-Api-Key' },
        { action: 'limit', rate: 0, per: 'second', key: 'address' },
        { action: 'limit', rate: 1, per: 'week', key: 'address' },
        { action: 'limit', rate: 1, per: 'second', burst: 1.5, key: 'cookie session' },
        { action: 'limit', rate: 1, per: 'second', key: 'cookie' },
        { action: 'limit', rate: 1, per: 'second', key: 'path /a' },
        { action: 'limit', rate: 1, per: 'second' },
        { action: 'execute' },
        { action: 'block' },
        { action: 'block', status: 200, body: '' },
        { action: 'block', status: 599, body: 'x'.repeat(16_384) },
        { action: 'block', status: 403, body: 'x'.repeat(16_385) },
        { action: 'allow', status: 403 },
        null,
        'block',
      ]);
      site.rules.push({ ...baseRule('then', random), then });
    }),
    onSite((site, random) =>
      site.rules.push({
        ...baseRule('flags', random),
        [pick(random, ['dryRun', 'whenAbsent'])]: pick(random, [true, 'block', 'yes', null]),
      }),
    ),
  ],
  signals: [
    onTable((table, random) => table.keys.push(pick(random, table.keys))),
    onTable((table) => {
      for (const list of Object.values<Loose>(table)) list.push(...list);
    }),
    onTable((table, random) => {
      table.keys[whole(random, 0, table.keys.length - 1)] = pick<Loose>(random, oddKeys);
    }),
    onTable((table, random) => {
      const figure = pick(random, Object.keys(table));
      const place = whole(random, 0, table.keys.length - 1);
      if (figure !== 'keys') table[figure][place] = pick<Loose>(random, oddFigures);
    }),
    (file, random) => {
      const name = pick(random, signalTableNames);
      file[name] = structuredClone(signalTable(name, pick(random, [999, 1_000, 1_001, 2_000, 2_001])));
    },
    (file) => {
      for (const name of signalTableNames) file[name] = structuredClone(signalTable(name, 0));
    },
    (file, random) => {
      file.windowEndMs = pick<Loose>(random, [0, -1, 0.5, 8.64e15, 8.64e15 + 2, 1e300, '1', null]);
    },
  ],
  switches: [
    (file, random) =>
      file.killed.push(
        pick(random, ['bots', 'verify', 'rules', 'action:log', 'rule:a/b', 'rule:[::1]/é', 'rule:default/x y']),
      ),
    (file, random) =>
      file.killed.push(
        pick(random, [
          'everything',
          '',
          'rule:',
          'rule:a',
          'rule:/b',
          'rule:A/b',
          'rule:a/',
          `rule:a/${'b'.repeat(101)}`,
          'action:allow',
          '__proto__',
          'bots ',
        ]),
      ),
    (file, random) => file.killed.push(pick<Loose>(random, [1, null, {}, []])),
    (file, random) => {
      file.killed = Array.from({ length: pick(random, [999, 1_000, 1_001]) }, (_, index) => `rule:a/${index}`);
    },
  ],
};

/** Works on any payload: one value anywhere becomes an odd one, goes, or comes twice. */
export const anywhere: Mutation = (file, random) => {
  const places: { holder: Loose; key: string | number }[] = [];
  const walk = (value: Loose) => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push({ holder: value, key: Array.isArray(value) ? Number(key) : key });
      walk(value[key]);
    }
  };
  walk(file);
  if (places.length === 0) return;
  const { holder, key } = pick(random, places);
  const roll = random.next();
  if (roll < 0.6) holder[key] = structuredClone(pick<Loose>(random, oddValues));
  else if (roll < 0.75) Array.isArray(holder) ? holder.splice(key as number, 1) : delete holder[key];
  else if (roll < 0.9)
    Array.isArray(holder)
      ? holder.push(structuredClone(holder[key as number]))
      : Object.assign(holder, { extra: holder[key] });
  else
    Object.defineProperty(holder, '__proto__', {
      value: { polluted: true },
      enumerable: true,
      configurable: true,
      writable: true,
    });
};

function onFeature(change: Mutation): Mutation {
  return (file, random) => {
    if (file.features.length > 0) change(pick(random, file.features), random);
  };
}

function onTable(change: Mutation): Mutation {
  return (file, random) => {
    const table = file[pick(random, signalTableNames)];
    if (table.keys.length > 0) change(table, random);
  };
}

function onSite(change: Mutation): Mutation {
  return (file, random) => {
    if (file.sites.length > 0) change(pick(random, file.sites), random);
  };
}

function onNode(key: string, values: readonly number[]): Mutation {
  return (file, random) => {
    file[key][whole(random, 0, Math.max(0, file[key].length - 1))] = pick(random, values);
  };
}

/** One tree of the given depth: each inner node has a leaf and the rest of the chain. */
function chain(depth: number): Mutation {
  return (file) => {
    setNodes(file, 2 * depth - 1);
    file.roots = [0];
    for (let node = 0; node + 2 < 2 * depth; node += 2) {
      file.feature[node] = 0;
      file.left[node] = node + 1;
      file.right[node] = node + 2;
    }
  };
}

function setNodes(file: Loose, count: number): void {
  file.feature = Array(count).fill(-1);
  for (const key of ['threshold', 'left', 'right', 'missingRight']) file[key] = Array(count).fill(0);
}
