import { ClientWindows } from '../../bots/index.ts';
import type { Finding } from '../../contract/finding.ts';
import type { RequestHead } from '../../http/index.ts';
import { requestHead } from '../../http/index.ts';
import { unlisted } from '../../lists/index.ts';
import type { ActiveSet } from './activeSet.ts';

/**
 * Judges a few built-in requests with a set before it serves anybody. The agent's rehearsal is the thorough check; this
 * one only makes sure that what arrived in this process works in this process.
 */
export function selfCheck(set: ActiveSet): readonly Finding[] {
  try {
    const windows = new ClientWindows({ clientsMax: 8 });
    for (const head of trialHeads) {
      const address = set.lists?.of(head.clientAddress) ?? unlisted;
      const verdict = set.judge.judge(head, windows.observe(head, 0), { address });
      if (verdict.kind === 'scored' && !(verdict.score >= 1 && verdict.score <= 99)) {
        return [refused(`${head.method} ${head.target} scores ${verdict.score}; a score is from 1 to 99`)];
      }
      for (const site of set.sites?.sites ?? []) site.rules.decide(head, verdict, set.isKilled, address);
    }
    return [];
  } catch (error) {
    return [refused(String(error))];
  }
}

function refused(what: string): Finding {
  return { reason: 'worker-refused', message: `The worker's own check of the new set failed: ${what}.` };
}

const trialHeads: readonly RequestHead[] = [
  trial('GET', '/', ['Host', 'shop.example', 'User-Agent', 'Mozilla/5.0 (X11; Linux x64)', 'Accept', 'text/html']),
  trial('GET', '/api?q=1', ['Host', 'shop.example', 'User-Agent', 'curl/8.0', 'Accept', '*/*']),
  trial('POST', '/a/b.c%2f', ['host', 'x', 'Cookie', 'a=b', 'Content-Length', '0']),
  trial('OPTIONS', '*', []),
];

function trial(method: string, target: string, rawHeaders: readonly string[]): RequestHead {
  return requestHead({ method, target, version: '1.1', rawHeaders, scheme: 'http', clientAddress: '192.0.2.1' });
}
