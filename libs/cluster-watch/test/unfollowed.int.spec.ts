import { createSimulatedCluster, podDraft, type SimulatedCluster } from '@mooring/kube-sim';
import type { WatchOptions } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import type { Recorder } from '../conformance/recorder.ts';
import { accessOf } from './access-of.ts';
import { until } from './until.ts';

const TIMING = { flushMinMs: 20, flushMaxMs: 40, backoffMinMs: 10, backoffMaxMs: 50, refusedRetryMs: 60_000 };
const PODS = '/api/v1/pods';
const aPod = (name: string) => podDraft({ namespace: 'shop', name, app: 'x', image: 'x:1', ip: '10.1.1.1' });

/** As some aggregated APIs have it. */
describe('a type that can be listed and not watched', () => {
  let cluster: SimulatedCluster;
  beforeEach(async () => {
    cluster = await createSimulatedCluster({
      name: 'unfollowed',
      namespaces: ['shop'],
      nodes: 2,
      pods: 12,
      bookmarkMs: 50,
    });
  });
  afterEach(() => cluster[Symbol.asyncDispose]());

  const watching = (options: Partial<WatchOptions> = {}): RecordedWatch =>
    startRecordedWatch({ access: accessOf(cluster), timing: TIMING, ...options });
  const untilWatched = (recorder: Recorder): Promise<void> =>
    recorder.until('watched, with what the cluster has', () => {
      const uids = cluster.list('pods').map(({ metadata }) => metadata.uid);
      return (
        recorder.statuses.get('pods')?.state === 'watching' &&
        JSON.stringify(recorder.uids('pods')) === JSON.stringify(uids.sort())
      );
    });
  /** What came later is there as well; the recorder throws where anything is repeated. */
  const expectWatchedAgain = async (recorder: Recorder): Promise<void> => {
    const before = recorder.changes.length;
    cluster.remove('pods', cluster.list('pods')[0]!.metadata);
    cluster.upsert('pods', aPod('meanwhile'));
    cluster.faults.clear();
    await untilWatched(recorder);
    expect(recorder.changes.slice(before).map(({ op }) => op)).toEqual(['delete', 'upsert']);
  };

  const ANSWERS = [
    { what: '410', answer: { status: 410 }, reason: /410/, listsMax: 6 },
    { what: 'nothing', answer: { status: 200, body: '' }, reason: /ends at once/, listsMax: 1 },
    { what: '500', answer: { status: 500 }, reason: /500/, listsMax: 3 },
    { what: '400', answer: { status: 400 }, reason: /400/, listsMax: 6 },
    { what: 'HTML', answer: { status: 200, body: '<html>\n' }, reason: /cannot be understood/, listsMax: 6 },
  ] as const;

  it.each(ANSWERS)(
    'is failing where its watch gives $what: what was listed is there, nobody waits for the rest, and it is not listed for ever',
    async ({ answer, reason, listsMax }) => {
      cluster.faults.respond({ ...answer, kind: 'pods', verb: 'watch' });
      await using watch = watching({ firstState: 'paged' });
      const { recorder } = watch;
      await recorder.snapshot();
      expect(recorder.snapshots[0]?.kinds['pods']).toMatchObject({ state: 'failing', count: 12 });
      expect(recorder.snapshots[0]?.kinds['pods']?.reason).toMatch(reason);
      expect(recorder.statuses.get('nodes')?.state).toBe('watching');
      expect(recorder.uids('pods')).toHaveLength(12);
      await until('thirty watches', () => cluster.requests.count('watch', PODS) >= 30);
      const lists = cluster.requests.count('list', PODS);
      expect(lists).toBeLessThanOrEqual(listsMax);
      await expectWatchedAgain(recorder);
      expect(cluster.requests.count('list', PODS)).toBe(lists);
    },
  );

  it.each(ANSWERS)(
    'is listed at the pace of what is refused where its watch gives $what, for as long as that lasts',
    async ({ answer }) => {
      cluster.faults.respond({ ...answer, kind: 'pods', verb: 'watch' });
      const refusedRetryMs = 1000;
      await using watch = watching({ firstState: 'paged', timing: { ...TIMING, refusedRetryMs } });
      const { recorder } = watch;
      await recorder.snapshot();
      cluster.upsert('pods', aPod('meanwhile'));
      await recorder.until('what came meanwhile', () => recorder.uids('pods').length === 13);
      const startedAt = performance.now();
      const at = new Date().toISOString();
      const lists = cluster.requests.count('list', PODS);
      await until('listed once more', () => cluster.requests.count('list', PODS) > lists);
      // The one before it was taken in a moment before it was looked at.
      expect(performance.now() - startedAt).toBeGreaterThan(0.6 * refusedRetryMs);
      await recorder.until('failing, and read since', () => {
        const { state, readAt = '' } = recorder.statuses.get('pods') ?? {};
        return state === 'failing' && readAt > at;
      });
    },
  );

  it('is read by pages where a streamed first state is answered with 410', async () => {
    cluster.faults.respond({ status: 410, kind: 'pods', verb: 'watch' });
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    expect(recorder.statuses.get('pods')).toMatchObject({ state: 'failing', count: 12 });
    expect(cluster.requests.count('watchlist', PODS)).toBe(1);
    await expectWatchedAgain(recorder);
  });

  it('is failing where each page but the first is answered with 410, and holds up nothing', async () => {
    cluster.faults.respond({ status: 410, kind: 'pods', verb: 'list', laterPages: true });
    await using watch = watching({ firstState: 'paged', limits: { pageObjects: 5 } });
    const { recorder } = watch;
    await recorder.snapshot();
    expect(recorder.snapshots[0]?.kinds['pods']).toMatchObject({ state: 'failing' });
    expect(recorder.statuses.get('pods')?.reason).toMatch(/410/);
    cluster.faults.clear();
    await untilWatched(recorder);
  });

  it('is read anew at the pace of what is refused, when its version is gone for good', async () => {
    cluster.faults.respond({ status: 410, kind: 'pods', verb: 'watch' });
    const refusedRetryMs = 1500;
    const startedAt = performance.now();
    await using watch = watching({ firstState: 'paged', timing: { ...TIMING, refusedRetryMs } });
    const { recorder } = watch;
    await recorder.snapshot();
    const lists = cluster.requests.count('list', PODS);
    cluster.upsert('pods', aPod('meanwhile'));
    cluster.faults.gone();
    cluster.faults.clear();
    await untilWatched(recorder);
    expect(cluster.requests.count('list', PODS)).toBe(lists + 1);
    expect(performance.now() - startedAt).toBeGreaterThan(0.8 * refusedRetryMs);
  });

  it('that had caught up is read anew at once when its version is gone, however often that was so before', async () => {
    await using watch = watching({ firstState: 'paged' });
    const { recorder } = watch;
    await recorder.snapshot();
    for (let round = 0; round < 8; round += 1) {
      cluster.requests.reset();
      cluster.faults.gone();
      await until('read anew', () => cluster.requests.count('list', PODS) === 1);
      await untilWatched(recorder);
    }
    expect(recorder.log).not.toContain('pods failing');
  });
});
