import { describe, expect, it } from '@jest/globals';
import { describeLists, listsBetween, parseMetrics } from './server-metrics.ts';

const METRICS = `# TYPE apiserver_request_total counter
apiserver_request_total{code="200",group="",resource="pods",scope="cluster",verb="LIST",version="v1"} 3
apiserver_request_total{code="410",group="",resource="pods",scope="cluster",verb="LIST",version="v1"} 2
apiserver_request_total{code="200",group="",resource="pods",scope="cluster",verb="WATCHLIST",version="v1"} 9
apiserver_request_total{code="200",group="apps",resource="deployments",scope="cluster",verb="LIST",version="v1"} 1e+01
process_start_time_seconds 1.76e+09
`;

describe('what the API server says of its lists', () => {
  it('is the verb LIST by resource, over all codes', () => {
    expect(parseMetrics(METRICS)).toEqual({
      startedAt: 1.76e9,
      lists: new Map([
        ['pods', 5],
        ['deployments.apps', 10],
      ]),
    });
  });

  it('is compared within one process of the server only', () => {
    const before = parseMetrics(METRICS);
    const later = parseMetrics(METRICS.replace('} 3\n', '} 4\n'));
    expect(describeLists(listsBetween(before, later) ?? new Map())).toBe('1 × pods');
    expect(listsBetween(before, { ...later, startedAt: 1 })).toBeUndefined();
  });

  it('does not hold against others what it lists for itself', () => {
    const before = parseMetrics(METRICS.replaceAll('"pods"', '"limitranges"'));
    const later = parseMetrics(METRICS.replaceAll('"pods"', '"limitranges"').replace('} 3\n', '} 4\n'));
    expect(listsBetween(before, later)).toEqual(new Map());
  });
});
