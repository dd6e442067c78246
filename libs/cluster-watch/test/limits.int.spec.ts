import { createSimulatedCluster, podDraft, type SimulatedCluster } from '@mooring/kube-sim';
import type { WatchOptions } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import { accessOf } from './access-of.ts';

const TIMING = { flushMinMs: 20, flushMaxMs: 40, backoffMinMs: 10, backoffMaxMs: 50, refusedRetryMs: 100 };
const PODS = 40;

describe('the limits of a cluster', () => {
  let cluster: SimulatedCluster;
  beforeEach(async () => {
    cluster = await createSimulatedCluster({ name: 'limits', namespaces: ['shop'], nodes: 1, bookmarkMs: 50 });
    for (let index = 0; index < PODS; index += 1)
      cluster.upsert('pods', podDraft({ namespace: 'shop', name: `p-${index}`, app: 'x', image: 'x:1' }));
  });
  afterEach(() => cluster[Symbol.asyncDispose]());

  const watching = (options: Partial<WatchOptions>): RecordedWatch =>
    startRecordedWatch({
      ...{ access: accessOf(cluster), timing: TIMING, selection: { kinds: { include: ['pods'] } } },
      ...options,
    });

  it('bound the bytes of its records: what is beyond is left out and said, and comes when there is room', async () => {
    const recordBytesMax = 4 * 1024;
    await using watch = watching({ limits: { recordBytesMax } });
    const { recorder } = watch;
    await recorder.snapshot();
    const held = recorder.uids('pods').length;
    const all = cluster.count('pods');
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(all);
    // The one that reached the limit was still taken.
    const { recordBytes, objects } = watch.watch.usage();
    expect(recordBytes).toBeGreaterThanOrEqual(recordBytesMax);
    expect(recordBytes).toBeLessThan(recordBytesMax + (2 * recordBytes) / objects);
    expect(recorder.statuses.get('pods')).toMatchObject({
      state: 'watching',
      leftOut: all - held,
      reason: `${all - held} objects were left out: the limit of 4 KiB of records for this cluster is reached`,
    });
    const [first] = recorder.uids('pods');
    expect(watch.watch.usage()).toMatchObject({ kinds: { watching: 1 }, leftOut: all - held });
    for (const { metadata } of cluster.list('pods')) if (metadata.uid !== first) cluster.remove('pods', metadata);
    cluster.upsert('pods', podDraft({ namespace: 'shop', name: 'late', app: 'x', image: 'x:1' }));
    await recorder.until('the late one', () => recorder.named('Pod', 'late') !== undefined);
    await recorder.until('nothing left out', () => recorder.statuses.get('pods')?.leftOut === 0);
    expect(recorder.statuses.get('pods')?.reason).toBeUndefined();
    expect(watch.watch.usage()).toMatchObject({ kinds: { watching: 1 }, leftOut: 0 });
  });

  it.each(['streamed-if-served', 'paged'] as const)(
    'bound the bytes that are read of it a second: the rest waits, and it is told for how long (%s)',
    async (firstState) => {
      await using free = watching({ firstState });
      await free.recorder.snapshot();
      expect(free.watch.usage()).toMatchObject({ bytesHeldBackMs: 0, changesHeldBackMs: 0 });
      await free[Symbol.asyncDispose]();
      // A whole pod is more than 200 bytes, also gzipped on a page.
      const bytesPerSecondMax = 4 * 1024;
      const startedAt = performance.now();
      await using watch = watching({ firstState, limits: { bytesPerSecondMax } });
      const { recorder } = watch;
      await recorder.until('a snapshot', () => recorder.snapshots.length > 0, 25_000);
      const { bytesHeldBackMs, changesHeldBackMs } = watch.watch.usage();
      expect(bytesHeldBackMs).toBeGreaterThan(500);
      expect(changesHeldBackMs).toBe(0);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(bytesHeldBackMs / 2);
      expect(recorder.uids('pods')).toHaveLength(cluster.count('pods'));
    },
    30_000,
  );
});
