import type { BotVerdict } from '../../src/contract/botVerdict.ts';
import type { Rule, RuleThen, Site } from '../../src/contract/kinds/sitesFile.ts';
import { fieldNumberOf, headersFromRaw, type RequestHead } from '../../src/http/index.ts';

/* Requests, verdicts and rules for the tests of src/rules. */

export function head(parts: Partial<RequestHead> & { readonly rawHeaders?: readonly string[] } = {}): RequestHead {
  const rawHeaders = parts.rawHeaders ?? ['Host', 'shop.example', 'User-Agent', 'curl/8.1'];
  return {
    method: 'GET',
    target: '/products/1?page=2',
    path: '/products/1',
    query: 'page=2',
    version: '1.1',
    host: 'shop.example',
    scheme: 'http',
    clientAddress: '192.0.2.7',
    handshake: null,
    isRelayed: false,
    ...parts,
    rawHeaders,
    fieldNumbers: rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [fieldNumberOf(name)] : [])),
    headers: headersFromRaw([...rawHeaders]),
  };
}

export function scored(
  score: number,
  extra: {
    readonly verified?: boolean;
    readonly source?: 'heuristics' | 'model';
    readonly heuristics?: readonly string[];
  } = {},
): BotVerdict {
  return {
    kind: 'scored',
    score,
    source: extra.source ?? 'model',
    heuristics: extra.heuristics ?? [],
    vector: new Float32Array(0),
    verified: extra.verified ?? false,
  };
}

export const absent: BotVerdict = { kind: 'absent', reason: 'killed' };

export const block: RuleThen = { action: 'block', status: 403, body: 'no\n' };
export const allow: RuleThen = { action: 'allow' };
export const log: RuleThen = { action: 'log' };

export function rule(when: string, then: RuleThen = block, extra: Partial<Rule> = {}): Rule {
  return { name: when.slice(0, 60), when, then, dryRun: false, whenAbsent: 'never-block', ...extra };
}

export function site(...rules: Rule[]): Site {
  return { name: 'shop.example', hosts: ['shop.example'], origin: 'http://127.0.0.1:3000', rules };
}
