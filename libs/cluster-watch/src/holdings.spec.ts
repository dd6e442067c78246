import fc from 'fast-check';
import { createHoldings } from './holdings.ts';
import type { PodRecord } from './records/record.ts';
import type { ResourceChange } from './sink.ts';

const pod = (uid: string): PodRecord => ({
  kind: 'Pod',
  apiVersion: 'v1',
  uid,
  name: uid,
  labels: {},
  images: [],
  conditions: [],
});

describe('holdings', () => {
  it('emit nothing for content that the sink has', () => {
    const holdings = createHoldings();
    holdings.accept('pods', 'a', 'h1');
    holdings.upsert('pods', pod('a'), 'h1');
    expect(holdings.take(10)).toEqual([]);
  });

  it('make one change of several between two flushes, and none of a round trip', () => {
    const holdings = createHoldings();
    holdings.accept('pods', 'b', 'h1');
    holdings.upsert('pods', pod('a'), 'h1');
    holdings.upsert('pods', pod('a'), 'h2');
    holdings.upsert('pods', pod('b'), 'h2');
    holdings.upsert('pods', pod('b'), 'h1');
    holdings.upsert('pods', pod('c'), 'h1');
    holdings.remove('pods', 'c');
    expect(holdings.take(10)).toEqual([{ op: 'upsert', type: 'pods', record: pod('a'), hash: 'h2' }]);
  });

  it('sweep what was not seen, and only of that kind', () => {
    const holdings = createHoldings();
    holdings.accept('pods', 'a', 'h');
    holdings.accept('pods', 'b', 'h');
    holdings.accept('nodes', 'n', 'h');
    holdings.sweep('pods', new Set(['a']));
    expect(holdings.take(10)).toEqual([{ op: 'delete', type: 'pods', uid: 'b' }]);
    expect([holdings.count('pods'), holdings.count('nodes')]).toEqual([1, 1]);
  });

  it('a sink that applies every batch always ends with what the cluster has, and gets nothing twice', () => {
    const step = fc.oneof(
      fc.record({
        op: fc.constant('upsert' as const),
        uid: fc.constantFrom('a', 'b', 'c'),
        hash: fc.constantFrom('1', '2'),
      }),
      fc.record({ op: fc.constant('remove' as const), uid: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ op: fc.constant('flush' as const), max: fc.integer({ min: 1, max: 3 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const holdings = createHoldings();
        const cluster = new Map<string, string>();
        const sink = new Map<string, string>();
        const apply = (changes: readonly ResourceChange[]): void => {
          for (const change of changes) {
            if (change.op === 'delete') expect(sink.delete(change.uid)).toBe(true);
            else {
              expect(sink.get(change.record.uid)).not.toBe(change.hash);
              sink.set(change.record.uid, change.hash);
            }
          }
        };
        for (const each of steps) {
          if (each.op === 'upsert') {
            cluster.set(each.uid, each.hash);
            holdings.upsert('pods', pod(each.uid), each.hash);
          } else if (each.op === 'remove') {
            cluster.delete(each.uid);
            holdings.remove('pods', each.uid);
          } else apply(holdings.take(each.max));
        }
        apply(holdings.take(100));
        expect([...sink].sort()).toEqual([...cluster].sort());
      }),
    );
  });
});
