import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import type { WatchOptions } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import { accessOf } from './access-of.ts';
import { wholeReadsOf } from './whole-reads.ts';

const TIMING = { flushMinMs: 20, flushMaxMs: 40, backoffMinMs: 10, backoffMaxMs: 50, progressTimeoutMs: 10_000 };
const LIMITS = { requestsPerSecond: 5000, requestsAtOnce: 5000, listsAtOnce: 4 };
const TYPES = 300;
const nameOf = (index: number): string => `kinds${index}.many.example`;

describe('a cluster with hundreds of types', () => {
  let cluster: SimulatedCluster;
  beforeAll(async () => {
    cluster = await createSimulatedCluster({ name: 'many', nodes: 1, pods: 3, bookmarkMs: 1000 });
    for (let index = 0; index < TYPES; index += 1) {
      cluster.installType({ group: 'many.example', kind: `Kind${index}`, plural: `kinds${index}`, versions: ['v1'] });
      cluster.upsert(nameOf(index), { metadata: { namespace: 'default', name: 'one' } });
    }
  });
  afterEach(() => cluster.faults.clear());
  afterAll(() => cluster[Symbol.asyncDispose]());

  const watching = (options: Partial<WatchOptions> = {}): RecordedWatch =>
    startRecordedWatch({ access: accessOf(cluster), timing: TIMING, limits: LIMITS, ...options });

  it('is watched over as many connections as the streams of the server ask for, and no more', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.until('a snapshot', () => recorder.snapshots.length > 0, 30_000);
    const { kinds } = recorder.snapshots[0]!;
    expect(Object.keys(kinds).length).toBeGreaterThan(TYPES);
    expect(Object.values(kinds).every(({ state }) => state === 'watching')).toBe(true);
    const { connections, streams } = watch.watch.usage();
    expect(connections).toBe(2);
    expect(streams).toBe(Object.keys(kinds).length);
    cluster.upsert(nameOf(TYPES - 1), { metadata: { namespace: 'default', name: 'two' } });
    await recorder.until('the last type', () => recorder.named(`Kind${TYPES - 1}`, 'two') !== undefined);
  }, 60_000);

  it('says which types wait where no further connection is wanted, and watches them when there is room', async () => {
    await using watch = watching({ limits: { ...LIMITS, connectionsMax: 1 } });
    const { recorder } = watch;
    await recorder.until(
      'types that wait',
      () => [...recorder.statuses.values()].some(({ reason }) => reason?.includes('waiting for one') === true),
      30_000,
    );
    const waiting = [...recorder.statuses].find(([, { reason }]) => reason?.includes('waiting for one') === true)![0];
    const running = [...recorder.statuses].flatMap(([type, { state }]) => (state === 'watching' ? [type] : []));
    expect(running.length).toBeGreaterThan(200);
    watch.watch.select({ kinds: { include: ['*'], exclude: running.slice(0, 150) } });
    await recorder.until('its turn', () => recorder.statuses.get(waiting)?.state === 'watching', 30_000);
  }, 60_000);

  it('is back after a lost connection without reading anything anew, asking no faster than it may', async () => {
    const limits = { ...LIMITS, requestsPerSecond: 400, requestsAtOnce: 20 };
    await using watch = watching({ limits });
    const { recorder } = watch;
    await recorder.until('a snapshot', () => recorder.snapshots.length > 0, 30_000);
    cluster.requests.reset();
    const startedAt = performance.now();
    cluster.faults.cutConnections();
    await recorder.until('another one', () => recorder.snapshots.length > 1, 30_000);
    expect(wholeReadsOf(cluster)).toEqual({});
    const watches = cluster.requests.count('watch');
    expect(watches).toBeGreaterThan(TYPES);
    expect(performance.now() - startedAt).toBeGreaterThan(((watches - 20) / 400) * 1000 * 0.9);
  }, 60_000);

  it('does not storm when all of it fails: each type waits longer each time, in its own rhythm', async () => {
    cluster.faults.respond({ status: 500, verb: 'watch' });
    cluster.faults.respond({ status: 500, verb: 'list' });
    cluster.requests.reset();
    await using watch = watching({ timing: { ...TIMING, backoffMinMs: 800, backoffMaxMs: 30_000 } });
    const { recorder } = watch;
    await recorder.until(
      'all failing',
      () => {
        const states = [...recorder.statuses.values()].map(({ state }) => state);
        return states.length > TYPES && states.every((state) => state === 'failing');
      },
      30_000,
    );
    // Each type once, a few of them twice.
    const asked = cluster.requests.count('watch') + cluster.requests.count('watchlist');
    expect(asked).toBeLessThan(recorder.statuses.size * 4);
  }, 60_000);
});
