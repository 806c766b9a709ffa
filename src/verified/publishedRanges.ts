import { readNetwork } from '../address/index.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { verifiedLimits } from './limits.ts';
import { surroundsIpv4 } from './rangeSet.ts';

/** A list that holds wider networks than any operator has would verify strangers: it is wrong as a whole. */
const bitsMin = { 4: 8, 6: 24 } as const;

/**
 * The networks of a published list: every text in a JSON document that is one (`{"prefixes": [{"ipv4Prefix": …}]}` and
 * whatever else operators write), or the first field of every line (plain lists, RFC 8805 geofeeds). The error is a
 * sentence.
 */
export function readPublishedRanges(bytes: Uint8Array): Result<readonly string[], string> {
  if (bytes.length > verifiedLimits.listBytesMax) return err(`more than ${verifiedLimits.listBytesMax} bytes`);
  const text = Buffer.from(bytes).toString('utf8');
  const found = new Set<string>();
  for (const candidate of /^\s*[[{]/.test(text) ? textsOfJson(text) : firstFields(text)) {
    const network = readNetwork(candidate);
    if (network === undefined) continue;
    if (network.bits < bitsMin[network.family] || surroundsIpv4(network))
      return err(`${candidate} is wider than any operator's network`);
    found.add(candidate);
    if (found.size > verifiedLimits.rangesPerOperatorMax) {
      return err(`more than ${verifiedLimits.rangesPerOperatorMax} networks`);
    }
  }
  return found.size === 0 ? err('no networks in it') : ok([...found]);
}

function* textsOfJson(text: string): Iterable<string> {
  const open: unknown[] = [];
  try {
    open.push(JSON.parse(text));
  } catch {
    return;
  }
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') yield value;
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) open.push(inner);
  }
}

function* firstFields(text: string): Iterable<string> {
  for (const line of text.split(/\r?\n/)) yield line.split('#', 1)[0]!.split(/[,;]/, 1)[0]!.trim();
}
