import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readConfig } from './readConfig.ts';

/** Every YAML block of these pages, completed to a whole file where it shows a part of one. */
const examples = ['rules.md', 'lists.md', 'config.md', 'verified-bots.md', 'operate/access-log.md'].flatMap((page) => {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => ({ page, block }));
});

function complete(block: string): string {
  const rules = block.startsWith('when:') ? `- name: example\n${indent(block)}  then: log\n` : block;
  if (/^(?:#.*\n)?(?:listen|accessLog|verifiedBots):/.test(rules)) return rules;
  if (/^origins?:/.test(rules)) return `sites:\n  - hosts: [shop.example]\n${indent(indent(rules))}`;
  const list = rules.startsWith('rules:') ? rules : `rules:\n${indent(rules)}`;
  return `sites:\n  - hosts: [shop.example]\n    origin: http://127.0.0.1:3000\n${indent(indent(list))}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

test('the documented examples are valid, and the documented trap is refused', () => {
  assert.ok(examples.length >= 5);
  const problems = examples.flatMap(({ page, block }) => {
    const result = readConfig(complete(block));
    return result.ok ? [] : result.error.map((problem) => ({ page, ...problem }));
  });
  // As the page prints it.
  assert.deepEqual(
    problems.map(({ page, line, column, message }) => `${page} ${line}:${column}: ${message.split(':')[0]}`),
    ['rules.md 6:38: without a score, rule "everybody else" blocks what rule "people" lets through with one'],
  );
});
