import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { test } from 'node:test';
import { knownMethod, methods } from './methods.ts';

test('the methods that are taken are Node’s', () => {
  assert.deepEqual([...methods].sort(), [...METHODS].sort());
});

test('methods are told apart by case, and by nothing that objects have', () => {
  assert.equal(knownMethod('GET'), 'GET');
  for (const text of ['get', '', 'constructor', '__proto__']) assert.equal(knownMethod(text), undefined, text);
});
