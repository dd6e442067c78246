import { describe, expect, it } from '@jest/globals';
import { listsBetween, parseMetrics } from './server-metrics.ts';

const METRICS = `# TYPE apiserver_request_total counter
apiserver_request_total{code="200",group="",resource="pods",scope="cluster",verb="LIST",version="v1"} 3
process_start_time_seconds 1.76e+09
`;

describe('what the API server says of its lists', () => {
  it('is compared within one process of the server only', () => {
    const before = parseMetrics(METRICS);
    const later = parseMetrics(METRICS.replace('} 3\n', '} 4\n'));
    expect(before.startedAt).toBe(1.76e9);
    expect(listsBetween(before, later)).toEqual(new Map([['pods', 1]]));
    expect(listsBetween(before, { ...later, startedAt: 1 })).toBeUndefined();
  });

  it('does not hold against others what it lists for itself', () => {
    const before = parseMetrics(METRICS.replaceAll('"pods"', '"limitranges"'));
    const later = parseMetrics(METRICS.replaceAll('"pods"', '"limitranges"').replace('} 3\n', '} 4\n'));
    expect(listsBetween(before, later)).toEqual(new Map());
  });
});
