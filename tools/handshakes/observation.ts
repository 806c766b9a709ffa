import type { RequestHead } from '../../src/http/index.ts';
import type { ClientHello } from '../../src/wire/index.ts';

/** What one client showed of itself. */
export interface Observation {
  /** An engine of browsers, or whose TLS a tool uses. */
  readonly who: string;
  readonly isBrowser: boolean;
  /** Major version; 0 for tools. */
  readonly version: number;
  /** Where the observation comes from, for people. */
  readonly source: string;
  readonly hellos: readonly ClientHello[];
  /** How it opened HTTP/2, as `src/http2/opening.ts` writes it. */
  readonly http2: readonly string[];
  readonly heads: readonly Pick<RequestHead, 'version' | 'rawHeaders' | 'scheme'>[];
}
