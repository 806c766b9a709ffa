import { canonicalAddress } from '../address/index.ts';
import { BotJudge, ClientWindows, compileFeatures, compileModel, compileSignals, explainScore } from '../bots/index.ts';
import { type ScoreJson, scoreJson } from '../bots/scoreJson.ts';
import type { Finding } from '../contract/finding.ts';
import { parseRequestHead } from '../http/index.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import type { LoadedSet } from '../lastgood/index.ts';
import { AddressLists, unlisted } from '../lists/index.ts';

/**
 * Says why a head would have its score with what is in force, as the first request of its client: for people, on demand, in
 * the agent, which answers no visitor. The judge is compiled for the question and not kept: the agent's memory is small, and
 * questions are rare (about 20 ms each). What a client's history adds only a worker knows.
 */
export function explainHead(
  set: Result<LoadedSet, readonly Finding[]>,
  bytes: Uint8Array,
  query: URLSearchParams,
): Result<ScoreJson, string> {
  const scheme = query.get('scheme') ?? 'http';
  if (scheme !== 'http' && scheme !== 'https') return err('scheme is http or https');
  const [ja4, http2] = [query.get('ja4'), query.get('http2')];
  const handshake = ja4 === null && http2 === null ? null : { ja4, http2 };
  const client = query.get('client') ?? '127.0.0.1';
  const clientAddress = canonicalAddress(client) ?? client;
  const isRelayed = query.get('relayed') === '1';
  const head = parseRequestHead(bytes, { scheme, clientAddress, handshake, isRelayed });
  if (!head.ok) return head;
  if (!set.ok) return err(`what is in force cannot be read: ${set.error[0]?.message ?? 'no reason'}`);
  const { lists, features: featureFile, model: modelFile, signals, versions } = set.value;
  const features = featureFile && compileFeatures(featureFile);
  const model = features && modelFile && compileModel(modelFile, features);
  const window = new ClientWindows({ clientsMax: 1 }).observe(head.value, 0);
  const address = lists === undefined ? unlisted : new AddressLists(lists).of(clientAddress);
  const judge = new BotJudge(features, model, signals && compileSignals(signals));
  const explained = explainScore(judge, head.value, window, { address });
  return ok(scoreJson(explained, { features: versions.features ?? null, model: versions.model ?? null }));
}
