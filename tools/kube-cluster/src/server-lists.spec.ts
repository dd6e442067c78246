import { describe, expect, it } from '@jest/globals';
import { describeLists, listsAlone, listsIn, listsSince } from './server-lists.ts';

const METRICS = `# HELP apiserver_request_total Counter of apiserver requests
# TYPE apiserver_request_total counter
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="cluster",subresource="",verb="LIST",version="v1"} 3
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="namespace",subresource="",verb="LIST",version="v1"} 2
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="cluster",subresource="",verb="WATCH",version="v1"} 9
apiserver_request_total{code="200",component="apiserver",dry_run="",group="apps",resource="deployments",scope="cluster",subresource="",verb="LIST",version="v1"} 1e+01
# TYPE apiserver_watch_list_duration_seconds histogram
apiserver_watch_list_duration_seconds_bucket{group="",resource="pods",scope="cluster",version="v1",le="0.05"} 1
apiserver_watch_list_duration_seconds_bucket{group="",resource="pods",scope="cluster",version="v1",le="+Inf"} 2
apiserver_watch_list_duration_seconds_sum{group="",resource="pods",scope="cluster",version="v1"} 0.31
apiserver_watch_list_duration_seconds_count{group="",resource="pods",scope="cluster",version="v1"} 2
`;

describe('the lists of an API server', () => {
  it('are what its metrics say of the verb LIST and of streamed first states, by resource, over scopes and codes', () => {
    expect(listsIn(METRICS)).toEqual(
      new Map([
        ['pods', 5],
        ['deployments.apps', 10],
        ['pods, streamed', 2],
      ]),
    );
  });

  it('between two looks are the difference, with what was not there before', () => {
    const later = listsIn(METRICS.replace('} 3\n', '} 4\n'));
    expect(describeLists(listsSince(listsIn(METRICS), later))).toBe('1 × pods');
    expect(describeLists(listsSince(new Map(), later))).toBe('6 × pods; 10 × deployments.apps; 2 × pods, streamed');
    expect(describeLists(listsSince(later, later))).toBe('no list');
    expect([...listsAlone(later).keys()]).toEqual(['pods', 'deployments.apps']);
  });
});
