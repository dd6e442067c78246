import { createSimulatedCluster, podDraft, type KindName, type SimulatedCluster } from '@mooring/kube-sim';
import { BASIC_TYPES, collectionPathOf, type WatchOptions } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import type { Recorder, RecorderOptions } from '../conformance/recorder.ts';
import { accessOf } from './access-of.ts';
import { eachOnce, wholeReadsOf } from './whole-reads.ts';

const TIMING = {
  flushMinMs: 20,
  flushMaxMs: 40,
  backoffMinMs: 10,
  backoffMaxMs: 50,
  refusedRetryMs: 100,
  pingIntervalMs: 100,
  pingTimeoutMs: 200,
  connectTimeoutMs: 500,
  progressTimeoutMs: 500,
};

const PODS = '/api/v1/pods';
const EVERYTHING_ONCE = eachOnce(BASIC_TYPES.map((type) => collectionPathOf(type)));
const aPod = (name: string, phase = 'Running') =>
  podDraft({ namespace: 'shop', name, app: 'x', image: 'x:1', ip: '10.1.1.1', phase });

describe('watching a cluster that misbehaves', () => {
  let cluster: SimulatedCluster;
  beforeEach(async () => {
    cluster = await createSimulatedCluster({
      name: 'faulty',
      namespaces: ['shop'],
      nodes: 2,
      pods: 12,
      bookmarkMs: 50,
    });
  });
  afterEach(() => cluster[Symbol.asyncDispose]());

  const watching = (options: Partial<WatchOptions> = {}, recorderOptions: RecorderOptions = {}): RecordedWatch =>
    startRecordedWatch({ access: accessOf(cluster), timing: TIMING, ...options }, recorderOptions);
  const uidsOf = (kind: KindName): string[] =>
    cluster
      .list(kind)
      .map(({ metadata }) => metadata.uid)
      .sort();
  const untilSame = (recorder: Recorder): Promise<void> =>
    recorder.until('holding what the cluster has', () =>
      BASIC_TYPES.every(
        ({ kind, groupResource }) => JSON.stringify(recorder.uids(groupResource)) === JSON.stringify(uidsOf(kind)),
      ),
    );
  const untilState = (recorder: Recorder, type: 'pods' | 'nodes', state: string): Promise<void> =>
    recorder.until(`${type} ${state}`, () => recorder.statuses.get(type)?.state === state);

  it('reads nothing but what it selects, each type once, what there is and who the cluster is; secrets and config maps never', async () => {
    await using watch = watching();
    await watch.recorder.snapshot();
    const paths = new Set(cluster.requests.all().map(({ path }) => path));
    expect([...paths].sort()).toEqual(
      [
        '/api',
        '/apis',
        '/version',
        '/api/v1/namespaces/kube-system',
        ...BASIC_TYPES.map((type) => collectionPathOf(type)),
      ].sort(),
    );
    expect(wholeReadsOf(cluster)).toEqual(EVERYTHING_ONCE);
    expect(cluster.requests.count('list')).toBe(0);
    expect(JSON.stringify([...watch.recorder.held.values()])).not.toContain('do-not-read');
  });

  it('heartbeats of nodes emit nothing', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.changes.length;
    for (const node of cluster.list('Node')) {
      const status = JSON.parse(
        JSON.stringify(node['status']).replace(
          /"lastHeartbeatTime":"[^"]*"/g,
          '"lastHeartbeatTime":"2030-01-01T00:00:00Z"',
        ),
      ) as object;
      cluster.upsert('Node', { ...node, status });
    }
    cluster.upsert('Pod', aPod('after'));
    await recorder.until('the pod made after them', () => recorder.named('Pod', 'after') !== undefined);
    expect(recorder.changes).toHaveLength(before + 1);
  });

  it('a cluster that is taken away and comes back: lost, each failed attempt counted, restored, only the difference', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.changes.length;
    cluster.requests.reset();
    await cluster.stop();
    await recorder.until('three failed attempts', () => recorder.losses.some(({ attempts }) => attempts === 3));
    expect(recorder.losses.slice(0, 4).map(({ attempts }) => attempts)).toEqual([0, 1, 2, 3]);
    expect(recorder.losses[1]?.refusal).toMatchObject({ kind: 'unreachable', reason: 'connection-refused' });
    const [gone] = cluster.list('Pod');
    cluster.remove('Pod', gone!.metadata);
    cluster.upsert('Pod', aPod('new'));
    await cluster.start();
    await recorder.snapshot(2);
    await untilSame(recorder);
    expect(recorder.changes.slice(before).map((change) => change.op)).toEqual(['delete', 'upsert']);
    expect(wholeReadsOf(cluster)).toEqual({});
    const words = recorder.log.filter((word) => /^(restored|identity|snapshot)/.test(word));
    expect(words).toEqual(['identity', 'snapshot 1', 'restored', 'identity', 'snapshot 2']);
  });

  it('a cluster that is away from the start: told, tried again, then watched', async () => {
    await cluster.stop();
    await using watch = watching();
    const { recorder } = watch;
    await recorder.until('two failed attempts', () => recorder.losses.length >= 2);
    expect(recorder.losses[0]?.attempts).toBe(1);
    await cluster.start();
    await recorder.snapshot(1);
    await untilSame(recorder);
  });

  it('finds a connection that stays open and says nothing, by PING', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.faults.stall();
    await recorder.until('the stall is noticed', () => recorder.losses[0]?.refusal.reason === 'stalled', 3000);
    cluster.remove('Pod', cluster.list('Pod')[0]!.metadata);
    cluster.faults.unstall();
    await recorder.snapshot(2);
    await untilSame(recorder);
  });

  it.each([false, true])(
    'a watch that is cut (inside a line: %s) resumes, reads nothing anew and repeats nothing',
    async (insideLine) => {
      await using watch = watching();
      const { recorder } = watch;
      await recorder.snapshot();
      cluster.requests.reset();
      cluster.faults.cutStreams({ kind: 'Pod', insideLine });
      cluster.upsert('Pod', aPod('new'));
      cluster.remove('Pod', cluster.list('Pod').find(({ metadata }) => metadata.name !== 'new')!.metadata);
      await untilSame(recorder);
      await untilState(recorder, 'pods', 'watching');
      expect(cluster.requests.count('watch', PODS)).toBe(1);
      expect(wholeReadsOf(cluster)).toEqual({});
      expect(recorder.losses).toEqual([]);
    },
  );

  it('a version that is gone: a new first state, of which only the difference comes out, deletes included', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.changes.length;
    await cluster.stop();
    const [gone] = cluster.list('Pod');
    cluster.remove('Pod', gone!.metadata);
    cluster.requests.reset();
    cluster.faults.gone();
    await cluster.start();
    await untilSame(recorder);
    await recorder.snapshot(2);
    expect(recorder.changes.slice(before)).toEqual([{ op: 'delete', type: 'pods', uid: gone!.metadata.uid }]);
    expect(wholeReadsOf(cluster)).toEqual(EVERYTHING_ONCE);
  });

  it('a version that is gone under an open watch: each type is read once more', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.log.length;
    cluster.requests.reset();
    cluster.faults.gone();
    cluster.remove('Pod', cluster.list('Pod')[0]!.metadata);
    await untilSame(recorder);
    await recorder.until('all watched again', () =>
      BASIC_TYPES.every(({ groupResource }) => recorder.log.slice(before).includes(`${groupResource} watching`)),
    );
    expect(wholeReadsOf(cluster)).toEqual(EVERYTHING_ONCE);
  });

  it('waits as long as the server asks for (429, Retry-After), and holds up no other kind', async () => {
    cluster.faults.respond({ status: 429, kind: 'Pod', retryAfterSeconds: 1, times: 1 });
    const startedAt = performance.now();
    await using watch = watching();
    const { recorder } = watch;
    await untilState(recorder, 'nodes', 'watching');
    await untilState(recorder, 'pods', 'failing');
    expect(performance.now() - startedAt).toBeLessThan(900);
    await recorder.snapshot();
    expect(performance.now() - startedAt).toBeGreaterThan(950);
    expect(cluster.requests.count('watchlist', PODS)).toBe(2);
  });

  it('a credential that stops being good in the middle: the link is lost as refused; a refreshed one brings it back', async () => {
    let token = cluster.keys.token;
    const refreshAccess = () => ({ ...accessOf(cluster), auth: { kind: 'token', token } as const });
    await using watch = watching({ refreshAccess });
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.rotateToken('another');
    await recorder.until('refused', () => recorder.losses.length >= 2);
    expect(recorder.losses[0]?.refusal).toMatchObject({ kind: 'refused', reason: 'unauthorized' });
    token = 'another';
    await recorder.snapshot(2);
  });

  it('kinds that may not be read or are not there are parked and said so; then their tier and the snapshot are complete without them', async () => {
    cluster.faults.forbid('Node');
    cluster.faults.missing('EndpointSlice');
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    expect(recorder.snapshots[0]?.kinds).toMatchObject({
      nodes: { state: 'forbidden', count: 0 },
      'endpointslices.discovery.k8s.io': { state: 'missing' },
      pods: { state: 'watching', count: 12 },
    });
    const whenSaid = (word: string): number => recorder.log.indexOf(word);
    expect(whenSaid('tier workloads')).toBeGreaterThan(whenSaid('nodes forbidden'));
    cluster.faults.clear();
    await untilState(recorder, 'nodes', 'watching');
    await untilSame(recorder);
  });

  it('a right that is taken away deletes nothing', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.changes.length;
    cluster.faults.forbid('Pod');
    await untilState(recorder, 'pods', 'forbidden');
    expect(recorder.statuses.get('pods')?.count).toBe(12);
    cluster.faults.clear();
    await untilState(recorder, 'pods', 'watching');
    expect(recorder.changes).toHaveLength(before);
  });

  it('a server without streamed first states is read by pages, each kind once', async () => {
    cluster.faults.streamedLists = false;
    await using watch = watching({ limits: { pageObjects: 5 } });
    await watch.recorder.snapshot();
    await untilSame(watch.recorder);
    expect(cluster.requests.count('list', PODS)).toBe(3);
  });

  it('a list without items, as a real server writes it, is an empty one; it deletes', async () => {
    const first = watching();
    await first.recorder.snapshot();
    const initial = first.recorder.known();
    await first[Symbol.asyncDispose]();
    const { resourceVersion } = cluster.list('pods')[0]!.metadata;
    const body = JSON.stringify({ kind: 'PartialObjectMetadataList', metadata: { resourceVersion }, items: null });
    for (const { metadata } of cluster.list('nodes')) cluster.remove('nodes', metadata);
    cluster.faults.respond({ status: 200, kind: 'nodes', verb: 'list', body, times: 1 });
    await using watch = watching({ firstState: 'paged', initial }, { initial });
    await watch.recorder.snapshot();
    expect(watch.recorder.statuses.get('nodes')).toMatchObject({ state: 'watching', count: 0 });
    expect(watch.recorder.uids('nodes')).toEqual([]);
  });

  it('a list that breaks off, or is told to start over, deletes nothing and is read again', async () => {
    const first = watching();
    await first.recorder.snapshot();
    const initial = first.recorder.known();
    await first[Symbol.asyncDispose]();
    for (const status of [500, 410]) {
      cluster.faults.respond({ status, kind: 'Pod', laterPages: true, times: 2 });
      await using watch = watching({ firstState: 'paged', limits: { pageObjects: 5 }, initial }, { initial });
      await watch.recorder.snapshot();
      expect(watch.recorder.changes).toEqual([]);
    }
  });

  it('a streamed first state that is cut deletes nothing', async () => {
    const first = watching();
    await first.recorder.snapshot();
    const initial = first.recorder.known();
    await first[Symbol.asyncDispose]();
    cluster.faults.dripMs = 5;
    await using watch = watching({ initial }, { initial });
    await watch.recorder.until('listing', () => watch.recorder.log.includes('pods listing'));
    cluster.faults.cutStreams({ insideLine: true });
    cluster.faults.dripMs = 0;
    await watch.recorder.snapshot();
    expect(watch.recorder.changes).toEqual([]);
  });

  it('a list that never ends is given up, and the others do not wait for it for ever', async () => {
    cluster.faults.streamedLists = false;
    cluster.faults.endlessPages = true;
    await using watch = watching({ limits: { pageObjects: 5 } });
    const { recorder } = watch;
    await recorder.snapshot();
    expect(recorder.statuses.get('pods')).toMatchObject({ state: 'failing' });
    expect(recorder.statuses.get('pods')?.reason).toContain('for ever');
    expect(recorder.statuses.get('namespaces')?.state).toBe('watching');
  });

  it.each(['type', 'link'] as const)('a %s that fails is tried again by its own backoff', async (which) => {
    const [soon, late] = [
      { min: 10, max: 50 },
      { min: 3_600_000, max: 3_600_000 },
    ];
    const [ofType, ofLink] = which === 'type' ? [soon, late] : [late, soon];
    const timing = {
      ...{ ...TIMING, backoffMinMs: ofType.min, backoffMaxMs: ofType.max },
      ...{ linkBackoffMinMs: ofLink.min, linkBackoffMaxMs: ofLink.max },
    };
    if (which === 'type') cluster.faults.respond({ status: 500, kind: 'Pod', times: 3 });
    else cluster.faults.respond({ status: 500, path: '/api/v1/namespaces/kube-system', times: 3 });
    await using watch = watching({ timing });
    const { recorder } = watch;
    await recorder.snapshot();
    expect(recorder.log.filter((word) => word === 'pods failing' || word.startsWith('lost'))).toHaveLength(3);
    await untilSame(recorder);
  });

  it('what is delivered twice is emitted once', async () => {
    cluster.faults.duplicate = true;
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.upsert('Pod', aPod('once'));
    cluster.remove('Pod', cluster.list('Pod')[0]!.metadata);
    await untilSame(recorder);
    await using paged = watching({ firstState: 'paged', limits: { pageObjects: 5 } });
    await paged.recorder.snapshot();
    await untilSame(paged.recorder);
  });

  it('a line of garbage: that kind is read again, nothing is lost, the others do not notice', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.requests.reset();
    cluster.faults.writeRaw('Pod', '{"type":"ADDED","object":{"kind":\n');
    await untilState(recorder, 'pods', 'failing');
    cluster.upsert('Pod', aPod('new'));
    await untilSame(recorder);
    await untilState(recorder, 'pods', 'watching');
    expect(recorder.statuses.get('pods')).toMatchObject({ leftOut: 0 });
    expect(recorder.statuses.get('pods')?.reason).toBeUndefined();
    expect(wholeReadsOf(cluster)).toEqual(eachOnce([PODS]));
    expect(recorder.log.filter((word) => word.startsWith('nodes'))).toEqual(['nodes listing', 'nodes watching']);
  });

  it('an answer in HTML is a failure of that kind alone', async () => {
    cluster.faults.respond({ status: 200, kind: 'Pod', body: '<html>\n<p>hello</p>\n</html>\n' });
    await using watch = watching();
    await untilState(watch.recorder, 'pods', 'failing');
    await untilState(watch.recorder, 'nodes', 'watching');
  });

  it('an object that is too large is left out and counted; what is held of it stays, and it can still be deleted', async () => {
    cluster.upsert('Pod', aPod('huge'));
    await using watch = watching({ limits: { lineBytesMax: 20_000 } });
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.upsert('Pod', { ...aPod('huge', 'Failed'), padding: 'x'.repeat(50_000) });
    cluster.upsert('Pod', aPod('small'));
    await recorder.until('the next object', () => recorder.named('Pod', 'small') !== undefined);
    await recorder.until('counted', () => recorder.statuses.get('pods')?.leftOut === 1);
    expect(recorder.named('Pod', 'huge')).toMatchObject({ phase: 'Running' });
    cluster.faults.gone();
    await untilState(recorder, 'pods', 'listing');
    await untilState(recorder, 'pods', 'watching');
    expect(recorder.statuses.get('pods')).toMatchObject({
      leftOut: 1,
      reason: expect.stringContaining('shop/huge (too large') as string,
    });
    expect(recorder.named('Pod', 'huge')).toBeDefined();
    cluster.remove('Pod', { namespace: 'shop', name: 'huge' });
    await untilSame(recorder);
    await recorder.until('nothing left out', () => recorder.statuses.get('pods')?.leftOut === 0);
  });

  it('a body that trickles in pieces of 64 bytes gives the same state', async () => {
    cluster.faults.dripMs = 1;
    await using watch = watching();
    await watch.recorder.snapshot();
    await untilSame(watch.recorder);
  });

  it('another cluster at the same address ends the watch and touches nothing', async () => {
    await using watch = watching({ expectedUid: 'another' });
    expect(await watch.watch.finished).toBe('identity-changed');
    expect(watch.recorder.losses[0]?.refusal).toMatchObject({ kind: 'refused', reason: 'identity-changed' });
    expect(watch.recorder.changes).toEqual([]);
  });

  it('a slow sink gets fewer, larger batches: changes to one object become one', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let isSlow = false;
    await using watch = watching({}, { beforeChanges: () => (isSlow ? gate : undefined) });
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.changes.length;
    isSlow = true;
    cluster.upsert('Pod', aPod('first'));
    for (let round = 0; round < 200; round += 1) cluster.upsert('Pod', aPod('busy', `Phase${round}`));
    cluster.upsert('Pod', aPod('last'));
    open();
    await recorder.until('the last', () => recorder.named('Pod', 'last') !== undefined);
    expect(recorder.named('Pod', 'busy')).toMatchObject({ phase: 'Phase199' });
    expect(recorder.changes.length - before).toBeLessThan(10);
  });

  it('a sink that throws ends the watch with its error, and is called no more', async () => {
    const broken = new Error('the database is away');
    const watch = watching({}, { beforeChanges: () => Promise.reject(broken) });
    await expect(watch.watch.finished).rejects.toBe(broken);
    const words = watch.recorder.log.length;
    await watch[Symbol.asyncDispose]();
    expect(watch.recorder.log).toHaveLength(words);
  });

  it('ends at once when stopped in the middle of a first state, and leaves no connection behind', async () => {
    cluster.faults.dripMs = 5;
    const watch = watching();
    await watch.recorder.until('listing', () => watch.recorder.log.includes('nodes listing'));
    await watch[Symbol.asyncDispose]();
    expect(await watch.watch.finished).toBe('stopped');
  });
});
