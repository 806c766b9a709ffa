import assert from 'node:assert/strict';
import { it } from 'node:test';
import { refuseStatement } from '../../src/factory/warehouse/oneStatement.ts';

it('lets one reading statement through, and a writing one when asked', () => {
  for (const sql of [
    'SELECT 1',
    ' select 1; ',
    '(SELECT 1)',
    "SELECT ';DROP TABLE x'",
    'WITH 1 AS a SELECT a -- ; x',
    'SHOW TABLES',
  ]) {
    assert.equal(refuseStatement(sql, false), null, sql);
  }
  assert.equal(refuseStatement('ALTER TABLE x ADD COLUMN y UInt8', true), null);
  for (const sql of [
    'DROP TABLE x',
    'SELECT 1; DROP TABLE x',
    '',
    '/* SELECT */ INSERT INTO x',
    "SELECT 'a\\'; DROP'; DROP TABLE x",
  ]) {
    assert.notEqual(refuseStatement(sql, false), null, sql);
  }
  assert.notEqual(refuseStatement('DROP TABLE x; DROP TABLE y', true), null);
});
