import type { BrowserProfile } from './browserProfile.ts';
import type { LoadKind } from './siteModel.ts';

/** One request that a page or a person makes. */
export interface Load {
  readonly kind: LoadKind;
  readonly method: string;
  readonly bodyBytes: number;
  /** The form sends files, or says so. */
  readonly multipart: boolean;
  /** The page that asks; absent for a typed address. `{host}` stands for the site. */
  readonly referer: string | undefined;
  readonly origin: string | undefined;
  readonly site: 'none' | 'same-origin' | 'same-site' | 'cross-site';
  readonly userActivated: boolean;
  readonly reload: boolean;
  readonly cookie: string | undefined;
  readonly revalidates: boolean;
  /** Headers that the page's script sets, with the script's spelling. */
  readonly scriptHeaders: readonly (readonly [name: string, value: string])[];
}

/** Whether client hints, fetch metadata, br and zstd go out: https, or http to this very machine. */
export type Context = { readonly secure: boolean };

type Lines = (readonly [name: string, value: string | undefined])[];

/** Headers in the order and spelling in which the browser's engine sends them over HTTP/1.1. */
export function browserHeaders(profile: BrowserProfile, load: Load, context: Context): string[] {
  const lines = { chromium, gecko, webkit }[profile.engine](profile, load, context);
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}

const isNavigation = (load: Load) => load.kind === 'document' || load.kind === 'form' || load.kind === 'frame';
const isCors = (load: Load) =>
  ['module', 'fetch', 'fetch-json', 'xhr', 'post-json', 'font', 'change', 'manifest', 'events'].includes(load.kind);

const destinations: Readonly<Record<LoadKind, string>> = {
  ...{
    document: 'document',
    form: 'document',
    frame: 'iframe',
    style: 'style',
    script: 'script',
    module: 'script',
    image: 'image',
  },
  ...{ font: 'font', media: 'video', fetch: 'empty', 'fetch-json': 'empty', xhr: 'empty', 'post-json': 'empty' },
  ...{ beacon: 'empty', change: 'empty', manifest: 'manifest', events: 'empty', icon: 'image' },
};

function fetchMetadata(
  load: Load,
  context: Context,
): Record<'site' | 'mode' | 'user' | 'destination', string | undefined> {
  if (!context.secure) return { site: undefined, mode: undefined, user: undefined, destination: undefined };
  const mode = isNavigation(load) ? 'navigate' : isCors(load) ? 'cors' : 'no-cors';
  const user = isNavigation(load) && load.userActivated ? '?1' : undefined;
  return { site: load.site, mode, user, destination: destinations[load.kind] };
}

function contentType(load: Load, chromiumBoundary = true): string | undefined {
  if (load.bodyBytes === 0) return undefined;
  if (load.kind === 'form' && load.multipart) {
    return chromiumBoundary
      ? 'multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW'
      : 'multipart/form-data; boundary=----geckoformboundary5f2c1a';
  }
  if (load.kind === 'form') return 'application/x-www-form-urlencoded';
  if (load.kind === 'beacon') return 'text/plain;charset=UTF-8';
  return load.kind === 'xhr' ? 'application/x-www-form-urlencoded; charset=UTF-8' : undefined;
}

function contentLength(load: Load): string | undefined {
  return load.bodyBytes > 0 || load.method === 'POST' ? String(load.bodyBytes) : undefined;
}

function chromium(profile: BrowserProfile, load: Load, context: Context): Lines {
  const hints = context.secure ? profile.hints : undefined;
  const metadata = fetchMetadata(load, context);
  const zstd = profile.major >= 123 ? ', zstd' : '';
  const scriptAccept = load.scriptHeaders.find(([name]) => name.toLowerCase() === 'accept')?.[1];
  const head: Lines = [
    ['Host', '{host}'],
    ['Connection', 'keep-alive'],
    ['Content-Length', contentLength(load)],
    [
      'Cache-Control',
      load.kind === 'events' ? 'no-cache' : load.reload || load.kind === 'form' ? 'max-age=0' : undefined,
    ],
  ];
  const tail: Lines = [
    ['Sec-Fetch-Site', metadata.site],
    ['Sec-Fetch-Mode', metadata.mode],
    ['Sec-Fetch-User', metadata.user],
    ['Sec-Fetch-Dest', metadata.destination],
    ['Referer', load.referer],
    [
      'Accept-Encoding',
      load.kind === 'media' ? 'identity;q=1, *;q=0' : context.secure ? `gzip, deflate, br${zstd}` : 'gzip, deflate',
    ],
    ['Accept-Language', profile.earlyLanguage ? undefined : profile.language],
    ['Range', load.kind === 'media' ? 'bytes=0-' : undefined],
    ['Cookie', load.cookie],
    ['If-None-Match', load.revalidates ? '"5f2c1a-3b"' : undefined],
    ['If-Modified-Since', load.revalidates ? 'Tue, 03 Nov 2026 10:00:00 GMT' : undefined],
  ];
  const accept: Lines = [
    ['Accept', scriptAccept ?? chromiumAccept(profile, load)],
    ['Sec-GPC', profile.globalPrivacyControl ? '1' : undefined],
    ['Accept-Language', profile.earlyLanguage ? profile.language : undefined],
  ];
  const doNotTrack = ['DNT', profile.doNotTrack ? '1' : undefined] as const;
  if (isNavigation(load)) {
    return [
      ...head,
      ['sec-ch-ua', hints?.brands],
      ['sec-ch-ua-mobile', hints?.mobile],
      ['sec-ch-ua-platform', hints?.platform],
      ...(load.origin === undefined || profile.major >= 150 ? [] : [['Origin', load.origin] as const]),
      ...(profile.major >= 150 ? [] : [['Content-Type', contentType(load)] as const]),
      doNotTrack,
      ['Upgrade-Insecure-Requests', '1'],
      ...(profile.major >= 150 ? [['Content-Type', contentType(load)] as const] : []),
      ['User-Agent', profile.userAgent],
      ...(load.origin === undefined || profile.major < 150 ? [] : [['Origin', load.origin] as const]),
      ...accept,
      ['X-Requested-With', profile.family === 'in-app' ? 'com.facebook.katana' : undefined],
      ...tail,
    ];
  }
  const own = load.scriptHeaders.filter(([name]) => name.toLowerCase() !== 'accept');
  const isNewOrder = profile.major >= 124;
  return isNewOrder
    ? [
        ...head,
        ['sec-ch-ua-platform', hints?.platform],
        ...own.filter(([name]) => name.toLowerCase() !== 'content-type'),
        ['User-Agent', profile.userAgent],
        ['sec-ch-ua', hints?.brands],
        doNotTrack,
        ['Content-Type', contentType(load)],
        ...own.filter(([name]) => name.toLowerCase() === 'content-type'),
        ['sec-ch-ua-mobile', hints?.mobile],
        ...accept,
        ['Origin', load.origin],
        ...tail,
      ]
    : [
        ...head,
        ['sec-ch-ua', hints?.brands],
        doNotTrack,
        ['Content-Type', contentType(load)],
        ...own,
        ['sec-ch-ua-mobile', hints?.mobile],
        ['User-Agent', profile.userAgent],
        ['sec-ch-ua-platform', hints?.platform],
        ...accept,
        ['Origin', load.origin],
        ...tail,
      ];
}

function chromiumAccept(profile: BrowserProfile, load: Load): string {
  const images =
    profile.major >= 150
      ? 'image/jxl,image/avif,image/webp'
      : profile.major >= 85
        ? 'image/avif,image/webp'
        : 'image/webp';
  if (isNavigation(load)) {
    const exchange = profile.major >= 110 ? '0.7' : '0.9';
    return `text/html,application/xhtml+xml,application/xml;q=0.9,${images},image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=${exchange}`;
  }
  if (load.kind === 'style') return 'text/css,*/*;q=0.1';
  if (load.kind === 'image' || load.kind === 'icon') return `${images},image/apng,image/svg+xml,image/*,*/*;q=0.8`;
  return load.kind === 'events' ? 'text/event-stream' : '*/*';
}

function gecko(profile: BrowserProfile, load: Load, context: Context): Lines {
  const metadata = fetchMetadata(load, context);
  const encodings = context.secure ? `gzip, deflate, br${profile.major >= 126 ? ', zstd' : ''}` : 'gzip, deflate';
  const script = load.scriptHeaders.filter(([name]) => name.toLowerCase() !== 'accept');
  const scriptAccept = load.scriptHeaders.find(([name]) => name.toLowerCase() === 'accept')?.[1];
  const fetches =
    load.kind === 'fetch' || load.kind === 'fetch-json' || load.kind === 'post-json' || load.kind === 'change';
  return [
    ['Host', '{host}'],
    ['User-Agent', profile.userAgent],
    ['Accept', scriptAccept ?? geckoAccept(profile, load)],
    ['Accept-Language', profile.language],
    ['Accept-Encoding', load.kind === 'media' ? 'identity' : encodings],
    ['Referer', fetches ? load.referer : undefined],
    ...script,
    ['Content-Type', contentType(load, false)],
    ['Content-Length', contentLength(load)],
    ['Range', load.kind === 'media' ? 'bytes=0-' : undefined],
    ['Origin', load.origin],
    ['DNT', profile.doNotTrack ? '1' : undefined],
    ['Sec-GPC', profile.globalPrivacyControl ? '1' : undefined],
    ['Connection', 'keep-alive'],
    ['Referer', fetches ? undefined : load.referer],
    ['Cookie', load.cookie],
    ['Upgrade-Insecure-Requests', isNavigation(load) ? '1' : undefined],
    ['Sec-Fetch-Dest', metadata.destination],
    ['Sec-Fetch-Mode', metadata.mode],
    ['Sec-Fetch-Site', metadata.site],
    ['Sec-Fetch-User', metadata.user],
    ['If-Modified-Since', load.revalidates ? 'Tue, 03 Nov 2026 10:00:00 GMT' : undefined],
    ['If-None-Match', load.revalidates ? '"5f2c1a-3b"' : undefined],
    ['Priority', profile.major >= 128 ? geckoPriority(load) : undefined],
    ['Cache-Control', load.kind === 'events' ? 'no-cache' : undefined],
  ];
}

function geckoAccept(profile: BrowserProfile, load: Load): string {
  if (isNavigation(load)) {
    const images = profile.major >= 132 ? '' : profile.major >= 92 ? 'image/avif,image/webp,' : 'image/webp,';
    return `text/html,application/xhtml+xml,application/xml;q=0.9,${images}*/*;q=0.8`;
  }
  if (load.kind === 'style') return 'text/css,*/*;q=0.1';
  if (load.kind === 'image' || load.kind === 'icon') {
    return profile.major >= 128
      ? 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5'
      : 'image/avif,image/webp,*/*';
  }
  if (load.kind === 'font') return 'application/font-woff2;q=1.0,application/font-woff;q=0.9,*/*;q=0.8';
  if (load.kind === 'media') return 'video/webm,video/ogg,video/*;q=0.9,application/ogg;q=0.7,audio/*;q=0.6,*/*;q=0.5';
  return load.kind === 'events' ? 'text/event-stream' : '*/*';
}

function geckoPriority(load: Load): string | undefined {
  if (isNavigation(load)) return 'u=0, i';
  if (load.kind === 'style' || load.kind === 'script' || load.kind === 'module') return 'u=2';
  if (load.kind === 'icon') return 'u=6';
  return load.kind === 'image' ? 'u=5, i' : load.kind === 'xhr' ? undefined : 'u=4';
}

function webkit(profile: BrowserProfile, load: Load, context: Context): Lines {
  const metadata = profile.major >= 16 ? fetchMetadata(load, context) : fetchMetadata(load, { secure: false });
  const navigates = isNavigation(load);
  const value: Record<string, string | undefined> = {
    host: '{host}',
    accept: load.scriptHeaders.find(([name]) => name.toLowerCase() === 'accept')?.[1] ?? webkitAccept(load),
    agent: profile.userAgent,
    language: profile.language,
    encoding: load.kind === 'media' ? 'identity' : context.secure ? 'gzip, deflate, br' : 'gzip, deflate',
    upgrade: navigates ? '1' : undefined,
    priority: profile.major >= 18 ? (navigates ? 'u=0, i' : 'u=3, i') : undefined,
  };
  const lines: Readonly<Record<string, Lines[number]>> = {
    H: ['Host', value.host],
    s: ['Sec-Fetch-Site', metadata.site],
    K: ['Connection', 'keep-alive'],
    U: ['Upgrade-Insecure-Requests', value.upgrade],
    m: ['Sec-Fetch-Mode', metadata.mode],
    A: ['Accept', value.accept],
    O: ['Origin', load.origin],
    G: ['User-Agent', value.agent],
    L: ['Accept-Language', value.language],
    R: ['Referer', load.referer],
    d: ['Sec-Fetch-Dest', metadata.destination],
    E: ['Accept-Encoding', value.encoding],
    C: ['Cookie', load.cookie],
    T: ['Content-Type', contentType(load)],
    N: ['Content-Length', contentLength(load)],
    P: ['Priority', value.priority],
    V: ['If-None-Match', load.revalidates ? '"5f2c1a-3b"' : undefined],
    B: ['Range', load.kind === 'media' ? 'bytes=0-1' : undefined],
  };
  const order = ['HTsBOCKUNmAGRdLVPE', 'HOTCKUVAGLRBENsmdP', 'HATsOUCmGRNdKLVBPE', 'HUCTOVABGRLNEKsdmP'][
    profile.orderVariant % 4
  ]!;
  const script = load.scriptHeaders.filter(([name]) => name.toLowerCase() !== 'accept');
  return [...Array.from(order, (letter) => lines[letter]!), ...script];
}

function webkitAccept(load: Load): string {
  if (isNavigation(load)) return 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  if (load.kind === 'style') return 'text/css,*/*;q=0.1';
  if (load.kind === 'image' || load.kind === 'icon') {
    return 'image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5';
  }
  return load.kind === 'events' ? 'text/event-stream' : '*/*';
}
