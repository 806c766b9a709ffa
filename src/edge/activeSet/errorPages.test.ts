import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileErrorPages } from './errorPages.ts';

test('a page that begins like HTML is HTML, all else is plain text', () => {
  const typeOf = (body: string) => compileErrorPages([{ status: 502, body }]).get(502)!.contentType;
  for (const html of ['<!doctype html><p>x', '\n <!DOCTYPE HTML>', '<html lang="en">', '<h1>Back soon</h1>', '<p>x']) {
    assert.equal(typeOf(html), 'text/html; charset=utf-8', html);
  }
  for (const plain of ['Back soon', '<3', '<pre', 'a <p>', '{"a": 1}']) {
    assert.equal(typeOf(plain), 'text/plain; charset=utf-8', plain);
  }
});

test('bodies are UTF-8, by status, and a status without a page has none', () => {
  const pages = compileErrorPages([
    { status: 502, body: 'später' },
    { status: 503, body: 'x' },
  ]);
  assert.equal(pages.get(502)!.body.toString(), 'später');
  assert.equal(pages.get(502)!.body.length, 7);
  assert.equal(pages.get(500), undefined);
});
