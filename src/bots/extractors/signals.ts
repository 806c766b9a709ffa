import {
  type SignalFigure,
  type SignalTableName,
  signalFigures,
  signalTables,
} from '../../contract/kinds/signalsFile.ts';
import { type Extractor, plain, type Source } from '../request/extractor.ts';

const figureWords: Readonly<Record<SignalFigure, readonly [name: string, meaning: string]>> = {
  browserShare: ['browser-share', 'Share of the requests with {} whose user agent claims a browser'],
  heuristicShare: ['heuristic-share', 'Share of the requests with {} that a heuristic hit'],
  http2Share: ['http2-share', 'Share of the requests with {} that came over HTTP/2'],
  requestQuantile: ['request-quantile', 'Share of its like with as many requests as {} or fewer'],
  requestRank: ['request-rank', 'Place of {} among its like by requests, 1 for the most'],
  userAgentRank: ['user-agent-rank', 'Place of {} among its like by different user agents, 1 for the most'],
  pathRank: ['path-rank', 'Place of {} among its like by different paths, 1 for the most'],
  addressRank: ['address-rank', 'Place of {} among its like by client addresses, 1 for the most'],
};

const source: Source = { kind: 'signals' };

/** What the whole fleet saw in the last hour of requests like this one; all missing where there are no signals. */
export const signalExtractors: readonly Extractor[] = [
  ...extractorsOf('ja4', 'ja4', 'this JA4', signalFigures),
  ...extractorsOf('headerOrder', 'header-hash', 'this order of headers', signalFigures),
  ...extractorsOf('network', 'network', 'this network (IPv4 /24, IPv6 /48)', [
    'browserShare',
    'heuristicShare',
    'requestQuantile',
    'requestRank',
    'userAgentRank',
    'pathRank',
    'addressRank',
  ]),
  ...extractorsOf('asn', 'asn', 'this autonomous system', [
    'browserShare',
    'heuristicShare',
    'requestQuantile',
    'requestRank',
  ]),
];

function extractorsOf(
  table: SignalTableName,
  prefix: string,
  what: string,
  figures: readonly SignalFigure[],
): Extractor[] {
  return figures.map((figure) => {
    const [name, meaning] = figureWords[figure];
    const [tablePlace, figurePlace] = [signalTables.indexOf(table), signalFigures.indexOf(figure)];
    const summary = `${meaning.replace('{}', what)}, in the fleet's last hour; missing when it was not seen often enough.`;
    return plain(`${prefix}-${name}`, summary, (facts) => facts.signal(tablePlace, figurePlace), source);
  });
}
