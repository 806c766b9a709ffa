import type { LogRecord } from '../../src/contract/logBatch.ts';

/** One scored request. */
export const record: LogRecord = {
  atMs: 1_764_000_000_123.4,
  site: 'shop.example',
  method: 'GET',
  host: 'shop.example',
  target: "/a'b\\c\td",
  status: 200,
  score: 87,
  absentReason: null,
  source: 'model',
  heuristics: [],
  vector: Float32Array.of(1, Number.NaN, 0.5, 9),
  action: 'pass',
  rule: null,
  logged: ['watch'],
  dry: [],
  unknowns: 0,
  clientAddress: '127.3.2.1',
  userAgent: 'Mozilla/5.0',
  durationMs: 1.25,
};
