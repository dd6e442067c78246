import { createSimulatedCluster, podDraft, type SimulatedCluster } from '@mooring/kube-sim';
import { DIGEST_BUCKETS, type KnownObject, type WatchOptions } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import { accessOf } from './access-of.ts';
import { digestsOf, knownStateOf, type TestedKnownState } from './known-state.ts';

const TIMING = { flushMinMs: 20, flushMaxMs: 40, backoffMinMs: 10, backoffMaxMs: 50, removalConfirmMs: 50 };
const aPod = (name: string, phase = 'Running') =>
  podDraft({ namespace: 'shop', name, app: 'x', image: 'x:1', ip: '10.1.1.1', phase });

describe('a watch that begins with what its sink has', () => {
  let cluster: SimulatedCluster;
  let kept: readonly KnownObject[];
  beforeEach(async () => {
    cluster = await createSimulatedCluster({
      name: 'known',
      namespaces: ['shop'],
      nodes: 2,
      pods: 300,
      bookmarkMs: 50,
    });
    await using first = startRecordedWatch({ access: accessOf(cluster), timing: TIMING });
    await first.recorder.snapshot();
    kept = first.recorder.known();
  });
  afterEach(() => cluster[Symbol.asyncDispose]());

  const again = (known: TestedKnownState, options: Partial<WatchOptions> = {}): RecordedWatch =>
    startRecordedWatch({ access: accessOf(cluster), timing: TIMING, known, ...options }, { initial: kept });

  it('asks for no digest and no object, and emits nothing, where nothing has changed', async () => {
    for (const firstState of ['streamed-if-served', 'paged'] as const) {
      const known = knownStateOf(kept);
      await using watch = again(known, { firstState, limits: { pageObjects: 50 } });
      await watch.recorder.snapshot();
      expect(watch.recorder.changes).toEqual([]);
      expect([known.digestsAsked, known.asked]).toEqual([[], []]);
      expect(watch.recorder.snapshots[0]?.objects).toBe(kept.length);
    }
  });

  it('asks for the buckets that differ, and emits the difference alone, deletes included', async () => {
    const known = knownStateOf(kept);
    const [goes, changes] = cluster.list('pods');
    cluster.remove('pods', goes!.metadata);
    cluster.upsert('pods', { ...changes!, status: { phase: 'Failed' } });
    cluster.upsert('pods', aPod('comes'));
    await using watch = again(known);
    await watch.recorder.snapshot();
    const ops = watch.recorder.changes.map((each) => (each.op === 'delete' ? 'delete' : `upsert ${each.record.name}`));
    expect(ops.sort()).toEqual(['delete', 'upsert comes', `upsert ${changes!.metadata.name}`].sort());
    expect(known.digestsAsked).toEqual(['pods']);
    expect(known.asked).toHaveLength(1);
    expect(known.asked[0]).toMatchObject({ type: 'pods' });
    expect(known.asked[0]?.buckets).toBeLessThanOrEqual(3);
    expect(known.asked[0]?.objects).toBeLessThan(20);
    const uids = cluster.list('pods').map(({ metadata }) => metadata.uid);
    expect(watch.recorder.uids('pods')).toEqual(uids.sort());
    expect(watch.watch.digest('pods')).toEqual(digestsOf(watch.recorder.known()).get('pods'));
  });

  it('goes on where changes come while the first state is compared', async () => {
    const state = knownStateOf(kept);
    let isAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    cluster.remove('pods', cluster.list('pods')[0]!.metadata);
    await using watch = again({
      ...state,
      digest(type) {
        cluster.remove('pods', cluster.list('pods')[0]!.metadata);
        return state.digest(type);
      },
      async *objects(type, buckets) {
        const [first, second] = cluster.list('pods');
        cluster.remove('pods', first!.metadata);
        cluster.upsert('pods', { ...second!, status: { phase: 'Failed' } });
        isAsked();
        yield* state.objects(type, buckets);
      },
    });
    await asked;
    await watch.recorder.until('the same', () => {
      const uids = cluster.list('pods').map(({ metadata }) => metadata.uid);
      return JSON.stringify(watch.recorder.uids('pods')) === JSON.stringify(uids.sort());
    });
    const failed = cluster.list('pods')[0]!.metadata.name;
    await watch.recorder.until('changed', () => JSON.stringify(watch.recorder.named('Pod', failed)).includes('Failed'));
  });

  it('loses nothing of what other namespaces say while it is compared', async () => {
    cluster.upsert('namespaces', { metadata: { name: 'bay' } });
    const inBay = (name: string, phase = 'Running') => ({ ...aPod(name, phase), metadata: { namespace: 'bay', name } });
    for (let index = 0; index < 20; index += 1) cluster.upsert('pods', inBay(`bay-${index}`));
    const selection = { kinds: { include: ['pods'] }, namespaces: { include: ['bay', 'shop'] } };
    await using first = startRecordedWatch({ access: accessOf(cluster), timing: TIMING, selection });
    await first.recorder.snapshot();
    kept = first.recorder.known();
    await first[Symbol.asyncDispose]();
    cluster.upsert('pods', inBay('bay-0', 'Failed'));
    const state = knownStateOf(kept);
    const slowly: TestedKnownState = {
      ...state,
      async *objects(type, buckets) {
        for (let index = 1; index < 20; index += 1) cluster.upsert('pods', inBay(`bay-${index}`, 'Failed'));
        for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        yield* state.objects(type, buckets);
      },
    };
    await using watch = again(slowly, { selection });
    const failed = (): number =>
      [...watch.recorder.held.values()].filter(({ record }) => JSON.stringify(record ?? '').includes('Failed')).length;
    await watch.recorder.until('all of them', () => failed() === 20);
    expect(watch.recorder.uids('pods')).toHaveLength(kept.length);
  });

  it('deletes what went from the namespaces that may be read; of one that may not it says nothing, until it may', async () => {
    const selection = { kinds: { include: ['pods'] }, namespaces: { include: ['bay', 'shop'] } };
    cluster.upsert('namespaces', { metadata: { name: 'bay' } });
    for (const name of ['stays', 'goes'])
      cluster.upsert('pods', { ...aPod(name), metadata: { namespace: 'bay', name } });
    await using first = startRecordedWatch({ access: accessOf(cluster), timing: TIMING, selection });
    await first.recorder.snapshot();
    kept = first.recorder.known();
    await first[Symbol.asyncDispose]();
    cluster.remove('pods', { namespace: 'bay', name: 'goes' });
    cluster.remove('pods', cluster.list('pods').find(({ metadata }) => metadata.namespace === 'shop')!.metadata);
    cluster.faults.respond({ status: 403, path: '/api/v1/namespaces/shop/pods' });
    await using watch = again(knownStateOf(kept), { selection, timing: { ...TIMING, refusedRetryMs: 100 } });
    const { recorder } = watch;
    await recorder.until('without the one', () => recorder.changes.length > 0);
    await recorder.snapshot();
    expect(recorder.changes.map(({ op }) => op)).toEqual(['delete']);
    cluster.faults.clear();
    const uids = cluster
      .list('pods')
      .flatMap(({ metadata: { namespace, uid } }) => (namespace === 'kube-system' ? [] : [uid]));
    await recorder.until('shop as it is', () => JSON.stringify(recorder.uids('pods')) === JSON.stringify(uids.sort()));
    expect(recorder.changes.map(({ op }) => op)).toEqual(['delete', 'delete']);
  });

  it('tells the snapshot after all differences, also where the last namespace may not be read', async () => {
    const selection = { kinds: { include: ['pods'] }, namespaces: { include: ['bay', 'shop'] } };
    await using first = startRecordedWatch({ access: accessOf(cluster), timing: TIMING, selection });
    await first.recorder.snapshot();
    kept = first.recorder.known();
    await first[Symbol.asyncDispose]();
    cluster.upsert('pods', aPod('comes'));
    cluster.remove('pods', cluster.list('pods').find(({ metadata }) => metadata.namespace === 'shop')!.metadata);
    const timing = { ...TIMING, flushMinMs: 500, flushMaxMs: 500 };
    // So that shop is done before bay is refused.
    cluster.faults.respond({ status: 503, path: '/api/v1/namespaces/bay/pods', retryAfterSeconds: 1, times: 1 });
    cluster.faults.respond({ status: 403, path: '/api/v1/namespaces/bay/pods' });
    await using watch = again(knownStateOf(kept), { selection, timing });
    await watch.recorder.snapshot();
    expect(watch.recorder.changes.map(({ op }) => op).sort()).toEqual(['delete', 'upsert']);
  });

  it('deletes what was in a namespace that is included no longer, though another one may not be read', async () => {
    cluster.upsert('namespaces', { metadata: { name: 'bay' } });
    cluster.upsert('pods', { ...aPod('left'), metadata: { namespace: 'bay', name: 'left' } });
    await using first = startRecordedWatch({ access: accessOf(cluster), timing: TIMING });
    await first.recorder.snapshot();
    kept = first.recorder.known();
    await first[Symbol.asyncDispose]();
    cluster.faults.respond({ status: 403, path: '/api/v1/namespaces/shop/pods' });
    const selection = { kinds: { include: ['pods'] }, namespaces: { include: ['kube-system', 'shop'] } };
    await using watch = again(knownStateOf(kept), { selection });
    const { metadata } = cluster.get('pods', { namespace: 'bay', name: 'left' })!;
    await watch.recorder.until('without what was in bay', () => !watch.recorder.uids('pods').includes(metadata.uid));
    await watch.recorder.snapshot();
    expect(watch.recorder.uids('pods')).toHaveLength(cluster.count('pods') - 1);
  });

  describe('and is narrowed at run time to namespaces that may not be read', () => {
    const SHOP = '/api/v1/namespaces/shop/pods';
    const timing = { ...TIMING, refusedRetryMs: 100 };
    const pods = (...namespaces: readonly string[]) => ({
      kinds: { include: ['pods'] },
      ...(namespaces.length === 0 ? {} : { namespaces: { include: namespaces } }),
    });
    /** A sink that can be asked at any time, and had nothing at the start. */
    const watchingWith = (isAsked: boolean, ...namespaces: readonly string[]): RecordedWatch => {
      const objects: WatchOptions['known'] = {
        ...knownStateOf([]),
        objects: (type, buckets) => knownStateOf(watch.recorder.known()).objects(type, buckets),
      };
      const watch = startRecordedWatch({
        ...{ access: accessOf(cluster), timing, selection: pods(...namespaces) },
        ...(isAsked ? { known: objects } : {}),
      });
      return watch;
    };
    const uidsIn = (...namespaces: readonly string[]): readonly string[] =>
      cluster
        .list('pods')
        .flatMap(({ metadata: { namespace = '', uid } }) => (namespaces.includes(namespace) ? [uid] : []))
        .sort();
    const untilHeld = ({ recorder }: RecordedWatch, expected: readonly string[]): Promise<void> =>
      recorder.until('what is expected', () => JSON.stringify(recorder.uids('pods')) === JSON.stringify(expected));
    beforeEach(() => {
      for (const [namespace, name] of [
        ['bay', 'one'],
        ['bay', 'two'],
        ['dock', 'one'],
        ['dock', 'two'],
      ] as const)
        cluster.upsert('pods', { ...aPod(name), metadata: { namespace, name } });
    });

    it('deletes what is selected no longer, and what went meanwhile; of the others, all is kept until they may be read', async () => {
      await using watch = watchingWith(true);
      const { recorder } = watch;
      await recorder.snapshot();
      const before = uidsIn('bay', 'shop');
      cluster.faults.respond({ status: 403, path: SHOP });
      watch.watch.select(pods('bay', 'shop'));
      const { uid } = cluster.get('pods', { namespace: 'bay', name: 'two' })!.metadata;
      cluster.remove('pods', { namespace: 'bay', name: 'two' });
      cluster.remove('pods', cluster.list('pods').find(({ metadata }) => metadata.namespace === 'shop')!.metadata);
      await recorder.until('a snapshot of that', () => recorder.snapshots.length === 2);
      expect(recorder.uids('pods')).toEqual(before.filter((each) => each !== uid));
      expect(watch.watch.digest('pods')).toEqual(digestsOf(recorder.known()).get('pods'));
      cluster.faults.clear();
      await untilHeld(watch, uidsIn('bay', 'shop'));
    });

    it('deletes what is selected no longer where none of the rest may be read', async () => {
      await using watch = watchingWith(true);
      await watch.recorder.snapshot();
      cluster.faults.respond({ status: 403, path: SHOP });
      watch.watch.select(pods('shop'));
      await untilHeld(watch, uidsIn('shop'));
      const before = watch.recorder.changes.length;
      cluster.faults.clear();
      cluster.upsert('pods', aPod('new'));
      await untilHeld(watch, uidsIn('shop'));
      expect(watch.recorder.changes).toHaveLength(before + 1);
    });

    it('deletes what lay in an included namespace though nobody can be asked', async () => {
      cluster.faults.respond({ status: 403, path: SHOP });
      await using watch = watchingWith(false, 'bay', 'dock', 'shop');
      await watch.recorder.snapshot();
      expect(watch.recorder.uids('pods')).toEqual(uidsIn('bay', 'dock'));
      watch.watch.select(pods('dock', 'shop'));
      await untilHeld(watch, uidsIn('dock'));
      watch.watch.select(pods('shop'));
      await untilHeld(watch, uidsIn());
      cluster.faults.clear();
      await untilHeld(watch, uidsIn('shop'));
    });
  });

  it('deletes nothing of a type that may not be read, and says how much there was', async () => {
    cluster.faults.forbid('pods');
    const known = knownStateOf(kept);
    await using watch = again(known);
    await watch.recorder.snapshot();
    expect(watch.recorder.statuses.get('pods')).toMatchObject({ state: 'forbidden', count: 300 });
    expect([watch.recorder.changes, known.digestsAsked, known.asked]).toEqual([[], [], []]);
  });

  it('deletes what is not selected any longer', async () => {
    const known = knownStateOf(kept);
    await using watch = again(known, { selection: { kinds: { exclude: ['nodes', 'pods'] } } });
    await watch.recorder.until('only the others', () => watch.recorder.uids('pods').length === 0);
    await watch.recorder.until('only the others', () => watch.recorder.uids('nodes').length === 0);
    expect(known.asked.map(({ type, buckets }) => [type, buckets]).sort()).toEqual([
      ['nodes', DIGEST_BUCKETS],
      ['pods', DIGEST_BUCKETS],
    ]);
    expect(watch.recorder.uids('services').length).toBeGreaterThan(0);
  });

  it('ends with the error when what the sink has cannot be told', async () => {
    const broken = new Error('the database is away');
    cluster.upsert('pods', aPod('new'));
    const known = knownStateOf(kept);
    await using watch = again({
      ...known,
      objects() {
        throw broken;
      },
    });
    await expect(watch.watch.finished).rejects.toBe(broken);
    for (const part of ['roots', 'digest'] as const) {
      await using early = again({ ...known, [part]: () => Promise.reject(broken) });
      await expect(early.watch.finished).rejects.toBe(broken);
    }
  });
});
