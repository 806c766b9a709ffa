import { BoundedMemo } from '../../kernel/boundedMemo.ts';
import type { Destination } from './destination.ts';

/** Shape of an Accept. */
export interface AcceptFacts {
  readonly types: number;
  /** What its first type asks for; null for any type and for whatever says nothing. */
  readonly asksFor: Destination | null;
  /** Starts with the four types and weights with which every browser asks for a page. */
  readonly isPageForm: boolean;
  readonly isHtmlFirst: boolean;
  /** `image/apng`: Chromium's mark on pages and images. */
  readonly namesApng: boolean;
  readonly namesExchanges: boolean;
  readonly namesAny: boolean;
}

const memo = new BoundedMemo(parseAccept);

/** null where the header is absent. */
export function acceptFacts(text: string | undefined): AcceptFacts | null {
  return text === undefined ? null : memo.get(text);
}

function parseAccept(full: string): AcceptFacts {
  const text = full.slice(0, 1_024);
  return {
    types: text.split(',').length,
    asksFor: firstDestination(text),
    isPageForm: text.startsWith('text/html,application/xhtml+xml,application/xml;q=0.9,'),
    isHtmlFirst: text.startsWith('text/html'),
    namesApng: text.includes('image/apng'),
    namesExchanges: text.includes('application/signed-exchange'),
    namesAny: text.includes('*/*'),
  };
}

function firstDestination(text: string): Destination | null {
  if (text.startsWith('text/html') || text.includes('application/xhtml+xml')) return 'document';
  if (text.startsWith('image/')) return 'image';
  if (text.startsWith('text/css')) return 'style';
  if (text.startsWith('video/') || text.startsWith('audio/')) return 'media';
  return text.startsWith('application/font') ? 'font' : null;
}
