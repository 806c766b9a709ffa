import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PrometheusText } from './prometheusText.ts';

test('the text format, down to its escapes', () => {
  const text = new PrometheusText();
  text.counter('a_total', 'back\\slash and\nline', [
    [{}, 1],
    [{ label: 'quote " back \\ line \n' }, 1.5],
  ]);
  text.gauge('b', 'none', []);
  text.histogram('c_seconds', 'h', [0.1, 1], [{ labels: { worker: 1 }, counts: [2, 0, 3], sum: 9.5 }]);
  assert.equal(
    text.toString(),
    `# HELP a_total back\\\\slash and\\nline
# TYPE a_total counter
a_total 1
a_total{label="quote \\" back \\\\ line \\n"} 1.5
# HELP b none
# TYPE b gauge
# HELP c_seconds h
# TYPE c_seconds histogram
c_seconds_bucket{worker="1",le="0.1"} 2
c_seconds_bucket{worker="1",le="1"} 2
c_seconds_bucket{worker="1",le="+Inf"} 5
c_seconds_sum{worker="1"} 9.5
c_seconds_count{worker="1"} 5
`,
  );
});
