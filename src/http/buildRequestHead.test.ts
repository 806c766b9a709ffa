import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostWithoutPort, requestHead } from './buildRequestHead.ts';
import { fieldNumber } from './fields/fieldNames.ts';
import { headersFromRaw } from './fields/headersFromRaw.ts';

const cookie = fieldNumber('cookie');

test('headers have no prototype, so hostile names are keys like any other', () => {
  const headers = headersFromRaw(['__proto__', 'a', 'Constructor', 'b', 'toString', 'c']);
  assert.equal(Object.getPrototypeOf(headers), null);
  assert.deepEqual(Object.keys(headers), ['__proto__', 'constructor', 'tostring']);
  assert.deepEqual(Object.values(headers), ['a', 'b', 'c']);
  assert.equal(headersFromRaw([]).constructor, undefined);
});

test('names that the codec knows are found the same way, and nothing else is', () => {
  const usual = headersFromRaw(['Host', 'a', 'Cookie', 'c=1', 'cookie', 'd=2'], [fieldNumber('host'), cookie, cookie]);
  assert.deepEqual([usual.host, usual.cookie, usual.accept], ['a', 'c=1; d=2', undefined]);
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) assert.equal(usual[name], undefined);
  const strange = headersFromRaw(['Host', 'a', 'Constructor', 'b'], [fieldNumber('host'), 0]);
  assert.deepEqual([strange.host, strange.constructor], ['a', 'b']);
});

test('lines of one name are joined, Cookie with a semicolon', () => {
  const headers = headersFromRaw(['Accept', 'a', 'accept', 'b', 'Cookie', 'c=1', 'cookie', 'd=2', 'odd']);
  assert.equal(headers.accept, 'a, b');
  assert.equal(headers.cookie, 'c=1; d=2');
});

test('the host loses its port and its case', () => {
  assert.equal(hostWithoutPort('Shop.Example:8080'), 'shop.example');
  assert.equal(hostWithoutPort('[::1]:80'), '[::1]');
  assert.equal(hostWithoutPort('[::1'), '[::1');
  assert.equal(hostWithoutPort(''), '');
});

test('an authority of HTTP/2 stands for Host, a target of absolute form for both', () => {
  const parts = { method: 'GET', version: '2', rawHeaders: [], scheme: 'https', clientAddress: '::1' } as const;
  assert.equal(requestHead({ ...parts, target: '/', authority: 'A:443' }).host, 'a');
  assert.equal(requestHead({ ...parts, target: 'https://b/x?y', authority: 'A:443' }).host, 'b');
  assert.equal(requestHead({ ...parts, target: 'https://b/x?y' }).query, 'y');
  assert.equal(requestHead({ ...parts, target: '/' }).host, '');
});
