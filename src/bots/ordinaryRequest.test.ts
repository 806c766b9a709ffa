import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFeatures } from './featureSet.ts';
import { hitHeuristics } from './heuristics.ts';
import { ordinaryRequestLike } from './ordinaryRequest.ts';
import { RequestFacts } from './request/requestFacts.ts';
import { shippedFeatures, vectorOf } from './testing/features.ts';
import { chromePlainRequests, chromeRequests, firefoxRequests, headOf, toolRequests } from './testing/heads.ts';

const features = compileFeatures(shippedFeatures());

test('the request that others are compared with has nothing against it, whatever it is chosen for', () => {
  const asked = [chromeRequests, chromePlainRequests, firefoxRequests, toolRequests(null)]
    .flatMap((requests) => Object.values(requests))
    .flatMap((text) => [headOf(text), headOf(text, { scheme: 'https' })]);
  const names = new Set<string>();
  for (const head of asked) {
    const ordinary = ordinaryRequestLike(head);
    names.add(ordinary.name);
    const facts = new RequestFacts(ordinary.head);
    assert.equal(facts.isSecureContext, new RequestFacts(head).isSecureContext);
    assert.deepEqual(hitHeuristics(facts), []);
    for (const [name, value] of Object.entries(vectorOf(features, ordinary.head))) {
      if (/missing|mismatch|contradictions|oddities|inversions|foreign|unusual|automation/.test(name)) {
        assert.ok(value === 0 || Number.isNaN(value), `${ordinary.name}: ${name} = ${value}`);
      }
    }
  }
  assert.equal(names.size, 4);
});
