import type { Extractor } from '../request/extractor.ts';
import { acceptExtractors } from './accept.ts';
import { clientHintExtractors } from './clientHints.ts';
import { fetchMetadataExtractors } from './fetchMetadata.ts';
import { handshakeExtractors } from './handshake.ts';
import { headerExtractors } from './headers.ts';
import { listExtractors } from './lists.ts';
import { pathExtractors } from './path.ts';
import { requestExtractors } from './request.ts';
import { signalExtractors } from './signals.ts';
import { userAgentExtractors } from './userAgent.ts';
import { windowExtractors } from './window.ts';

/** Every extractor that a feature file may name. */
export const extractors: ReadonlyMap<string, Extractor> = new Map(
  [
    ...headerExtractors,
    ...clientHintExtractors,
    ...fetchMetadataExtractors,
    ...acceptExtractors,
    ...userAgentExtractors,
    ...pathExtractors,
    ...requestExtractors,
    ...handshakeExtractors,
    ...windowExtractors,
    ...signalExtractors,
    ...listExtractors,
  ].map((extractor) => [extractor.name, extractor]),
);
