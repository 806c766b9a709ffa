import type { Chance } from '../../kernel/chance.ts';

export type LoadKind =
  | 'document'
  | 'frame'
  | 'form'
  | 'style'
  | 'script'
  | 'module'
  | 'image'
  | 'font'
  | 'media'
  | 'fetch'
  | 'fetch-json'
  | 'xhr'
  | 'post-json'
  | 'beacon'
  | 'change'
  | 'manifest'
  | 'events'
  | 'icon';

/** A site made up for one session: what its pages are called and what they bring along. People and bots visit the same. */
export interface SiteModel {
  readonly authority: string;
  pagePath(): string;
  assetPath(kind: LoadKind): string;
}

const words =
  'about account archive articles basket blog books box cart catalog checkout contact content de docs en events faq forum gallery guide help history home images index item jobs kitchen legal library list login magazine map market media members music news offers orders page partner photos press price privacy product profile review sale search service shop static store story support tag team terms topic travel user video wiki world'.split(
    ' ',
  );

export function makeSite(chance: Chance, loopback: boolean): SiteModel {
  const port = chance.whole(1024, 65_535);
  const name = `${chance.pick(words)}${chance.happens(0.3) ? `-${chance.pick(words)}` : ''}.${chance.pick(['example', 'test', 'example.org'])}`;
  const authority = loopback
    ? `${chance.weighted([
        [6, '127.0.0.1'],
        [3, 'localhost'],
        [1, '127.0.0.2'],
      ])}:${port}`
    : `${chance.happens(0.3) ? 'www.' : ''}${name}${chance.happens(0.15) ? `:${port}` : ''}`;
  const pagesEnd = chance.weighted([
    [6, ''],
    [2, '.html'],
    [1, '.php'],
    [1, '/'],
  ]);
  const assetFolder = chance.pick(['/assets', '/static', '/_next/static/chunks', '/wp-content/themes/main', '', '/js']);
  const hashed = chance.happens(0.5);
  const slug = () => Array.from({ length: chance.whole(1, 4) }, () => chance.pick(words)).join('-');
  const hash = () =>
    chance
      .next()
      .toString(16)
      .slice(2, 2 + chance.whole(6, 12));
  const assetName = (ending: string) => `${assetFolder}/${chance.pick(words)}${hashed ? `.${hash()}` : ''}.${ending}`;
  return {
    authority,
    pagePath() {
      if (chance.happens(0.18)) return '/';
      const depth = chance.whole(1, 3);
      const path = `/${Array.from({ length: depth }, slug).join('/')}${pagesEnd}`;
      if (chance.happens(0.12)) return `${path}?q=${slug().replaceAll('-', '+')}`;
      if (chance.happens(0.12)) return `${path}?page=${chance.whole(1, 40)}`;
      if (chance.happens(0.06))
        return `${path}?utm_source=${chance.pick(words)}&utm_medium=email&utm_campaign=${slug()}`;
      return path;
    },
    assetPath(kind) {
      switch (kind) {
        case 'style':
          return assetName('css');
        case 'script':
        case 'module':
          return chance.happens(0.1) ? `${assetName('js')}?v=${chance.whole(1, 99)}` : assetName('js');
        case 'image':
          return `/images/${slug()}.${chance.weighted([
            [3, 'jpg'],
            [3, 'png'],
            [2, 'webp'],
            [1, 'svg'],
            [1, 'gif'],
            [1, 'avif'],
          ])}`;
        case 'font':
          return assetName('woff2');
        case 'media':
          return `/media/${slug()}.mp4`;
        case 'manifest':
          return chance.pick(['/manifest.json', '/site.webmanifest']);
        case 'icon':
          return chance.pick(['/favicon.ico', '/favicon.svg', '/apple-touch-icon.png']);
        case 'beacon':
          return chance.pick(['/collect', '/api/events', '/log']);
        case 'events':
          return '/api/stream';
        case 'frame':
          return `/embed/${slug()}`;
        default:
          return `/api/${chance.pick(['', 'v1/', 'v2/'])}${chance.pick(words)}${chance.happens(0.3) ? `/${chance.whole(1, 9_999)}` : ''}${chance.happens(0.3) ? `?page=${chance.whole(1, 9)}&limit=20` : ''}`;
      }
    },
  };
}
