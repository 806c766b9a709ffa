import type { Handshake } from '../../http/index.ts';

/** What was seen of a connection below HTTP; what was not seen is undefined, never a guess. */
export interface ConnectionFacts {
  readonly peerAddress: string;
  readonly scheme: 'http' | 'https';
  /** Fingerprint of the TLS handshake; undefined in the clear, and where TLS ends elsewhere. */
  readonly ja4: string | undefined;
  /** How the visitor opened HTTP/2. */
  readonly http2: string | undefined;
}

/** What of it goes with every request, unless the peer is a trusted proxy, whose own handshake says nothing of visitors. */
export function handshakeOf({ ja4, http2 }: ConnectionFacts): Handshake | null {
  return ja4 === undefined && http2 === undefined ? null : { ja4: ja4 ?? null, http2: http2 ?? null };
}
