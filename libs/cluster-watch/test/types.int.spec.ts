import { createSimulatedCluster, type CustomType, type SimulatedCluster } from '@mooring/kube-sim';
import { BASIC_TYPES, type WatchOptions } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import type { Recorder, RecorderOptions } from '../conformance/recorder.ts';
import { accessOf } from './access-of.ts';
import { until } from './until.ts';
import { wholeReadsOf } from './whole-reads.ts';

const TIMING = {
  flushMinMs: 20,
  flushMaxMs: 40,
  backoffMinMs: 10,
  backoffMaxMs: 50,
  refusedRetryMs: 60_000,
  discoveryDelayMs: 20,
  removalConfirmMs: 100,
  progressTimeoutMs: 1000,
};

const BOATS: CustomType = { group: 'harbour.example', kind: 'Boat', plural: 'boats', versions: ['v1'] };
const CRANES: CustomType = { group: 'harbour.example', kind: 'Crane', plural: 'cranes', versions: ['v1'] };
const [BOAT, CRANE] = ['boats.harbour.example', 'cranes.harbour.example'];
const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';
const CRDS_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

describe('the types that a cluster serves', () => {
  let cluster: SimulatedCluster;
  beforeEach(async () => {
    cluster = await createSimulatedCluster({ name: 'types', namespaces: ['shop'], nodes: 1, pods: 3, bookmarkMs: 50 });
    cluster.installType(CRANES);
    cluster.upsert(CRANE, { metadata: { namespace: 'shop', name: 'old' }, spec: { height: 3 } });
  });
  afterEach(() => cluster[Symbol.asyncDispose]());

  const watching = (options: Partial<WatchOptions> = {}, recorderOptions: RecorderOptions = {}): RecordedWatch =>
    startRecordedWatch({ access: accessOf(cluster), timing: TIMING, ...options }, recorderOptions);
  const untilState = (recorder: Recorder, type: string, state: string): Promise<void> =>
    recorder.until(`${type} ${state}`, () => recorder.statuses.get(type)?.state === state);
  const watchesOf = (path: string): number =>
    cluster.requests.count('watch', path) + cluster.requests.count('watchlist', path);
  const boat = (name: string): void => void cluster.upsert(BOAT, { metadata: { namespace: 'shop', name } });

  it('are all watched, but for what nobody watches without saying so; metadata where there is no record', async () => {
    cluster.upsert('secrets', { metadata: { namespace: 'shop', name: 'token' }, data: { password: 'aHVudGVyMg==' } });
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const watched = cluster.types
      .filter(({ verbs }) => verbs.includes('watch'))
      .map(({ groupResource }) => groupResource)
      .filter((type) => !['secrets', 'configmaps', 'events', 'leases.coordination.k8s.io'].includes(type));
    expect(Object.keys(recorder.snapshots[0]?.kinds ?? {}).sort()).toEqual(watched.sort());
    expect(recorder.named('Crane', 'old')).toMatchObject({ apiVersion: 'harbour.example/v1', namespace: 'shop' });
    expect(JSON.stringify(recorder.named('Crane', 'old'))).not.toContain('height');
    expect(recorder.snapshots[0]?.staleGroups).toEqual([]);
  });

  it('come, and only their own watch starts', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const [pods, cranes] = [watchesOf('/api/v1/pods'), watchesOf('/apis/harbour.example/v1/cranes')];
    cluster.installType(BOATS);
    boat('first');
    await recorder.until('the boat', () => recorder.named('Boat', 'first') !== undefined);
    await untilState(recorder, BOAT, 'watching');
    expect([watchesOf('/api/v1/pods'), watchesOf('/apis/harbour.example/v1/cranes')]).toEqual([pods, cranes]);
  });

  it('go, and are deleted when that is certain, and come back', async () => {
    cluster.installType(BOATS);
    boat('first');
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const pods = watchesOf('/api/v1/pods');
    cluster.uninstallType(BOAT);
    await untilState(recorder, BOAT, 'removed');
    expect(recorder.uids(BOAT)).toEqual([]);
    expect(recorder.statuses.get(BOAT)).toMatchObject({ count: 0, reason: expect.stringContaining('serve') as string });
    cluster.installType(BOATS);
    boat('second');
    await recorder.until('the other boat', () => recorder.named('Boat', 'second') !== undefined);
    expect(watchesOf('/api/v1/pods')).toBe(pods);
  });

  it('that are gone when a watch begins are deleted, once that is certain', async () => {
    cluster.installType(BOATS);
    boat('first');
    const first = watching();
    await first.recorder.snapshot();
    const initial = first.recorder.known();
    await first[Symbol.asyncDispose]();
    cluster.uninstallType(BOAT);
    await using watch = watching({ initial }, { initial });
    await watch.recorder.until('deleted', () => watch.recorder.uids(BOAT).length === 0);
    const gone = watch.recorder.changes.flatMap((change) => (change.op === 'delete' ? change.type : []));
    expect(gone.sort()).toEqual([BOAT, CRDS]);
  });

  it('in another version start their own watch anew, from where it was, and emit nothing', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.changes.length;
    cluster.requests.reset();
    cluster.installType({ ...CRANES, versions: ['v2'] });
    await recorder.until('watched in v2', () => watchesOf('/apis/harbour.example/v2/cranes') > 0);
    cluster.upsert(CRANE, { metadata: { namespace: 'shop', name: 'new' } });
    await recorder.until('the new crane', () => recorder.named('Crane', 'new') !== undefined);
    expect(recorder.named('Crane', 'new')?.apiVersion).toBe('harbour.example/v2');
    expect(watchesOf('/apis/harbour.example/v2/cranes')).toBe(1);
    expect([watchesOf('/api/v1/pods'), wholeReadsOf(cluster)]).toEqual([0, {}]);
    const changed = recorder.changes.slice(before).filter(({ type }) => type !== CRDS);
    expect(changed.map((change) => (change.op === 'upsert' ? change.record.name : 'deleted'))).toEqual(['new']);
  });

  it('of a server that is away are failing and keep what they had; nothing of theirs is deleted', async () => {
    const api = {
      group: 'far.example',
      version: 'v1',
      types: [{ plural: 'lights', kind: 'Light', verbs: ['get', 'list', 'watch'] }],
    };
    cluster.installApi(api);
    cluster.upsert('lights.far.example', { metadata: { namespace: 'shop', name: 'north' } });
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.installApi(api, false);
    cluster.faults.cutStreams({ kind: 'lights.far.example' });
    await untilState(recorder, 'lights.far.example', 'failing');
    cluster.installType(BOATS);
    await untilState(recorder, BOAT, 'watching');
    expect(recorder.named('Light', 'north')).toBeDefined();
    cluster.installApi(api);
    cluster.upsert('lights.far.example', { metadata: { namespace: 'shop', name: 'south' } });
    await recorder.until('south', () => recorder.named('Light', 'south') !== undefined);
    expect(recorder.named('Light', 'north')).toBeDefined();
    expect(recorder.changes.filter(({ op, type }) => op === 'delete' && type !== 'apiservices')).toEqual([]);
  });

  describe('of a server that refuses us, though the API server in front of it does not', () => {
    const resources = Array.from({ length: 20 }, (_, index) => `lights${index}`);
    const names = resources.map((plural) => `${plural}.far.example`);
    const questions = (): number => cluster.requests.count('get', '/api/v1/namespaces/kube-system');
    const refusing = (times: number): void => {
      for (const kind of names) cluster.faults.respond({ status: 401, kind, times });
    };
    beforeEach(() =>
      cluster.installApi({
        group: 'far.example',
        version: 'v1',
        types: resources.map((plural) => ({ plural, kind: plural, verbs: ['get', 'list', 'watch'] })),
      }),
    );

    it('are failing alone, all for one question to the API server, and tried again', async () => {
      refusing(1);
      await using watch = watching({ limits: { listsAtOnce: 100 } });
      const { recorder } = watch;
      await recorder.until('all failing', () => names.every((name) => recorder.log.includes(`${name} failing`)));
      // One of them to learn which cluster it is.
      expect(questions()).toBe(2);
      await recorder.snapshot();
      expect([...recorder.statuses.values()].every(({ state }) => state === 'watching')).toBe(true);
      expect(recorder.losses).toEqual([]);
    });

    it('are asked for as seldom as what is forbidden after a few attempts, and are no reason to ask the API server each time', async () => {
      refusing(Number.POSITIVE_INFINITY);
      await using watch = watching({ limits: { listsAtOnce: 100, requestsPerSecond: 5000, requestsAtOnce: 5000 } });
      const { recorder } = watch;
      const failures = (): number =>
        names.flatMap((name) => recorder.log.filter((w) => w === `${name} failing`)).length;
      const attempts = 6 * names.length;
      await recorder.until('all have failed often', () => failures() >= attempts);
      for (let round = 0; round < 10; round += 1) {
        cluster.upsert('pods', { metadata: { namespace: 'shop', name: `round-${round}` } });
        await recorder.until('the next', () => recorder.named('Pod', `round-${round}`) !== undefined);
      }
      expect(failures()).toBe(attempts);
      // One of them to learn which cluster it is.
      expect(questions()).toBe(2);
    });

    it('say why they are failing, and do not hide that the API server itself refuses us, too', async () => {
      refusing(Number.POSITIVE_INFINITY);
      await using watch = watching();
      const { recorder } = watch;
      await recorder.snapshot();
      await recorder.until(
        'the reason',
        () => recorder.statuses.get(names[0]!)?.reason?.includes('(401); the API server itself does') === true,
      );
      expect(recorder.statuses.get('pods')?.state).toBe('watching');
      expect(recorder.losses).toEqual([]);
      cluster.rotateToken('another');
      // The connection may end before it is asked again: then the next one is told.
      await recorder.until('refused', () => recorder.losses.some(({ refusal }) => refusal.reason === 'unauthorized'));
    });
  });

  it('are all refused by an API server that does not know us any longer: one question makes it certain, and the link is lost at once', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.requests.reset();
    cluster.faults.respond({ status: 401 });
    cluster.faults.cutStreams();
    await recorder.until('refused', () => recorder.losses.length > 0, 1000);
    expect(recorder.losses[0]?.refusal).toMatchObject({ kind: 'refused', reason: 'unauthorized' });
    expect(cluster.requests.count('get', '/api/v1/namespaces/kube-system')).toBe(1);
    cluster.faults.clear();
    await recorder.snapshot(2);
  });

  it('are said not to be known where the server behind them is away from the start', async () => {
    cluster.faults.staleGroup('harbour.example');
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    expect(recorder.snapshots[0]?.staleGroups).toEqual(['harbour.example']);
    expect(recorder.statuses.has(CRANE)).toBe(false);
  });

  it('that discovery forgets for a while, as a server does that is just starting, are not gone', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.changes.length;
    const without = {
      kind: 'APIGroupDiscoveryList',
      items: [{ metadata: { name: 'apps' }, versions: [{ version: 'v1', freshness: 'Current', resources: [] }] }],
    };
    cluster.faults.respond({ path: '/apis', status: 200, body: JSON.stringify(without) });
    cluster.requests.reset();
    cluster.upsert('customresourcedefinitions.apiextensions.k8s.io', {
      ...cluster.get(CRDS, { name: CRANE })!,
      touched: 1,
    });
    const asked = (): number => cluster.requests.count('list', '/apis/harbour.example/v1/cranes');
    for (let round = 0; asked() < 2; round += 1) {
      cluster.upsert('pods', { metadata: { namespace: 'shop', name: `round-${round}` } });
      await recorder.until('the next', () => recorder.named('Pod', `round-${round}`) !== undefined);
    }
    cluster.faults.clear();
    cluster.upsert(CRANE, { metadata: { namespace: 'shop', name: 'new' } });
    await recorder.until('the crane', () => recorder.named('Crane', 'new') !== undefined);
    expect(recorder.changes.slice(before).filter(({ op }) => op === 'delete')).toEqual([]);
    expect([...recorder.statuses.values()].filter(({ state }) => state !== 'watching')).toEqual([]);
  });

  it('that discovery does not name yet when a watch begins, as by a server that starts with it, are not gone', async () => {
    const first = watching();
    await first.recorder.snapshot();
    const initial = first.recorder.known();
    await first[Symbol.asyncDispose]();
    const without = {
      kind: 'APIGroupDiscoveryList',
      items: [{ metadata: { name: 'apps' }, versions: [{ version: 'v1', freshness: 'Current', resources: [] }] }],
    };
    cluster.faults.respond({ path: '/apis', status: 200, body: JSON.stringify(without) });
    cluster.requests.reset();
    let clock = Date.now();
    const now = (): Date => new Date(clock);
    const timing = { ...TIMING, removalConfirmMs: 50 };
    await using watch = watching({ initial, now, timing }, { initial });
    const { recorder } = watch;
    const looked = async (times: number): Promise<void> => {
      const until = cluster.requests.count('get', '/apis') + times;
      for (let round = 0; cluster.requests.count('get', '/apis') < until; round += 1) {
        cluster.upsert('pods', { metadata: { namespace: 'shop', name: `look-${until}-${round}` } });
        await recorder.until('the next', () => recorder.named('Pod', `look-${until}-${round}`) !== undefined);
      }
    };
    await looked(2);
    clock += 9 * timing.removalConfirmMs;
    await looked(1);
    cluster.faults.clear();
    await untilState(recorder, CRANE, 'watching');
    expect(recorder.changes.filter(({ op }) => op === 'delete')).toEqual([]);
  });

  it('that may not be read are gone, too, when discovery has not named them for long', async () => {
    cluster.installType(BOATS);
    cluster.faults.forbid(BOAT);
    await using watch = watching({ timing: { ...TIMING, removalConfirmMs: 20 } });
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.uninstallType(BOAT);
    await untilState(recorder, BOAT, 'removed');
  });

  it('are noticed by an account that may not read CRDs when it looks again by itself', async () => {
    cluster.faults.forbid(CRDS);
    await using watch = watching({ timing: { ...TIMING, rediscoverMs: 200 } });
    const { recorder } = watch;
    await recorder.snapshot();
    expect(recorder.statuses.get(CRDS)?.state).toBe('forbidden');
    cluster.installType(BOATS);
    await untilState(recorder, BOAT, 'watching');
  });

  it('are noticed though CRDs are not selected', async () => {
    await using watch = watching({ selection: { kinds: { include: ['*.harbour.example'] } } });
    const { recorder } = watch;
    await recorder.snapshot();
    expect([...recorder.statuses.keys()]).toEqual([CRANE]);
    cluster.installType(BOATS);
    await untilState(recorder, BOAT, 'watching');
    expect([...recorder.statuses.keys()]).toEqual([CRANE, BOAT]);
    expect(recorder.named('CustomResourceDefinition', BOAT)).toBeUndefined();
  });

  describe.each<[string, NonNullable<WatchOptions['selection']>]>([
    ['are selected', {}],
    ['are not selected', { kinds: { include: ['*.harbour.example'] } }],
  ])('are noticed where CRDs %s', (_what, selection) => {
    it('and had to be read anew while they came', async () => {
      await using watch = watching({ selection });
      const { recorder } = watch;
      await recorder.snapshot();
      await until('CRDs are watched', () => cluster.requests.count('watchlist', CRDS_PATH) === 1);
      cluster.faults.gone();
      cluster.installType(BOATS);
      await untilState(recorder, BOAT, 'watching');
    });

    it('and were read only after they came, which was after discovery', async () => {
      cluster.faults.respond({ status: 503, path: CRDS_PATH, retryAfterSeconds: 1, times: 1 });
      await using watch = watching({ selection });
      const { recorder } = watch;
      await until('CRDs are refused', () => cluster.requests.count('watchlist', CRDS_PATH) === 1);
      cluster.installType(BOATS);
      await untilState(recorder, BOAT, 'watching');
    });
  });

  it('are found one group at a time where the server has no aggregated discovery', async () => {
    const plain = (path: string, body: object): void =>
      cluster.faults.respond({ path, status: 200, body: JSON.stringify(body) });
    plain('/api', { kind: 'APIVersions', versions: ['v1'] });
    const groups = [...new Set(cluster.types.map(({ group }) => group))].filter((group) => group !== '');
    plain('/apis', {
      kind: 'APIGroupList',
      groups: groups.map((name) => ({ name, versions: [{ version: 'v1' }], preferredVersion: { version: 'v1' } })),
    });
    await using watch = watching();
    await watch.recorder.snapshot();
    expect(watch.recorder.named('Crane', 'old')).toBeDefined();
    expect(watch.recorder.statuses.get('pods')?.state).toBe('watching');
  });

  it('are the basic ones while discovery cannot be read; the rest comes when it can', async () => {
    cluster.faults.respond({ path: '/api', status: 500 });
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    expect([...recorder.statuses.keys()].sort()).toEqual(BASIC_TYPES.map(({ groupResource }) => groupResource).sort());
    expect(recorder.snapshots[0]?.staleGroups).toEqual(['*']);
    cluster.faults.clear();
    await untilState(recorder, CRANE, 'watching');
  });

  it('are asked for again as late as the server wants (429, Retry-After), whatever changes meanwhile', async () => {
    const asked = (): number => cluster.requests.count('get', '/api');
    const throttle = (path: string): void =>
      cluster.faults.respond({ status: 429, path, retryAfterSeconds: 1, times: 1 });
    throttle('/api');
    let startedAt = performance.now();
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    expect(performance.now() - startedAt).toBeGreaterThan(950);
    expect(asked()).toBe(2);
    throttle('/apis');
    startedAt = performance.now();
    cluster.installType(BOATS);
    for (let round = 0; asked() < 3 && round < 1000; round += 1) {
      cluster.upsert('pods', { metadata: { namespace: 'shop', name: `round-${round}` } });
      await recorder.until('the next', () => recorder.named('Pod', `round-${round}`) !== undefined);
    }
    // A change in the middle of the wait.
    cluster.installType({ ...BOATS, kind: 'Ship', plural: 'ships' });
    await untilState(recorder, BOAT, 'watching');
    expect(performance.now() - startedAt).toBeGreaterThan(950);
  });

  it('are looked up again after a lost link without being read anew or sent again', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.requests.reset();
    cluster.faults.cutConnections();
    await recorder.snapshot(2);
    expect(wholeReadsOf(cluster)).toEqual({});
    expect(watchesOf('/api/v1/pods')).toBe(1);
  });
});
