import type { RequestHead } from '../../http/requestHead.ts';
import { type AcceptFacts, acceptFacts } from './accept.ts';

/** What a request is for; the position is the value of the feature `destination`. */
export const destinations = [
  'document',
  'frame',
  'image',
  'style',
  'script',
  'font',
  'fetch',
  'media',
  'other',
] as const;
export type Destination = (typeof destinations)[number];

const fromHeader = new Map<string, Destination>([
  ['document', 'document'],
  ['iframe', 'frame'],
  ['frame', 'frame'],
  ['embed', 'frame'],
  ['object', 'frame'],
  ['fencedframe', 'frame'],
  ['image', 'image'],
  ['style', 'style'],
  ['script', 'script'],
  ['font', 'font'],
  ['empty', 'fetch'],
  ['audio', 'media'],
  ['video', 'media'],
  ['track', 'media'],
  ['audioworklet', 'script'],
  ['paintworklet', 'script'],
  ['worker', 'script'],
  ['sharedworker', 'script'],
  ['serviceworker', 'script'],
  ['manifest', 'other'],
  ['report', 'other'],
  ['xslt', 'other'],
  ['json', 'fetch'],
  ['webidentity', 'fetch'],
]);

/** Kinds of path ending; the position is the value of the feature `path-extension`. */
export const extensionClasses = [
  'none',
  'page',
  'script-source',
  'image',
  'style',
  'script',
  'font',
  'media',
  'feed-or-data',
  'archive',
  'other',
] as const;
export type ExtensionClass = (typeof extensionClasses)[number];

const classOfExtension = new Map<string, ExtensionClass>(
  (
    [
      ['page', 'html htm xhtml'],
      ['script-source', 'php asp aspx jsp do cgi pl cfm action'],
      ['image', 'png jpg jpeg gif webp avif svg ico bmp jxl apng'],
      ['style', 'css'],
      ['script', 'js mjs wasm map'],
      ['font', 'woff woff2 ttf otf eot'],
      ['media', 'mp4 webm mp3 ogg m4a m4s ts m3u8 wav mov flac vtt'],
      ['feed-or-data', 'xml json txt rss atom csv webmanifest'],
      ['archive', 'zip gz tar tgz bz2 xz 7z rar sql bak old exe dmg pdf'],
    ] as const
  ).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind] as const)),
);

/** An ending is looked for among so many characters at the end. */
const endingCharsMax = 12;

export function extensionClass(path: string): ExtensionClass {
  const lookedAt = Math.max(0, path.length - endingCharsMax);
  for (let at = path.length - 1; at >= lookedAt; at -= 1) {
    const code = path.charCodeAt(at);
    if (code === slash) return 'none';
    if (code === dot) return classOfExtension.get(path.slice(at + 1).toLowerCase()) ?? 'other';
  }
  return 'none';
}

const slash = 0x2f;
const dot = 0x2e;

/**
 * The destination: from Sec-Fetch-Dest where it is sent; else, as over plain http, from what Accept asks for and at last
 * from the path's ending, as an image or script element would name it.
 */
export function destinationOf(
  fetchDest: string | undefined,
  accept: AcceptFacts | null,
  ending: ExtensionClass,
): Destination {
  if (fetchDest !== undefined) return fromHeader.get(fetchDest) ?? 'other';
  if (accept === null) return 'other';
  if (accept.asksFor !== null) return accept.asksFor;
  if (ending === 'image' || ending === 'style' || ending === 'script' || ending === 'font' || ending === 'media') {
    return ending;
  }
  return 'fetch';
}

/** For who has nothing of a request but its head. */
export function destinationOfHead({ headers, path }: RequestHead): Destination {
  return destinationOf(headers['sec-fetch-dest'], acceptFacts(headers.accept), extensionClass(path));
}
