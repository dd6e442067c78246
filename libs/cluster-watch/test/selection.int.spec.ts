import {
  createSimulatedCluster,
  podDraft,
  serviceDraft,
  type KubeObject,
  type SimulatedCluster,
} from '@mooring/kube-sim';
import type { Selection, WatchOptions } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import type { Recorder } from '../conformance/recorder.ts';
import { accessOf } from './access-of.ts';

const TIMING = { flushMinMs: 20, flushMaxMs: 40, backoffMinMs: 10, backoffMaxMs: 50, refusedRetryMs: 100 };
const HOMES = ['bay', 'dock', 'shop'];
const PODS = '/api/v1/pods';

describe('what is watched', () => {
  let cluster: SimulatedCluster;
  beforeEach(async () => {
    cluster = await createSimulatedCluster({ name: 'selection', namespaces: HOMES, nodes: 2, bookmarkMs: 50 });
    for (const namespace of HOMES)
      for (const app of ['web', 'db'])
        cluster.upsert('pods', podDraft({ namespace, name: `${namespace}-${app}`, app, image: 'x:1' }));
  });
  afterEach(() => cluster[Symbol.asyncDispose]());

  const watching = (selection: Selection, options: Partial<WatchOptions> = {}): RecordedWatch =>
    startRecordedWatch({ access: accessOf(cluster), timing: TIMING, selection, ...options });
  const podsOf = (recorder: Recorder): readonly string[] =>
    [...recorder.held.values()]
      .flatMap(({ record }) => (record?.kind === 'Pod' && !/^kube-/.test(record.namespace ?? '') ? [record.name] : []))
      .sort();
  const untilPods = (recorder: Recorder, ...names: readonly string[]): Promise<void> =>
    recorder.until(names.join(', '), () => JSON.stringify(podsOf(recorder)) === JSON.stringify(names));

  it('is what is included and not excluded', async () => {
    await using watch = watching({ kinds: { include: ['*.apps', 'pods', 'secrets'], exclude: ['daemonsets.apps'] } });
    await watch.recorder.snapshot();
    expect([...watch.recorder.statuses.keys()].sort()).toEqual([
      'deployments.apps',
      'pods',
      'secrets',
      'statefulsets.apps',
    ]);
  });

  it('of secrets and config maps is never more than the metadata, unless the names of keys are asked for', async () => {
    const data = { password: 'bWFya2VyLXZhbHVl' };
    cluster.upsert('secrets', { metadata: { namespace: 'shop', name: 'login' }, data, type: 'Opaque' });
    await using watch = watching({ kinds: { include: ['secrets'] } });
    const { recorder } = watch;
    await recorder.snapshot();
    expect(recorder.named('Secret', 'login')).toBeDefined();
    expect(JSON.stringify(recorder.named('Secret', 'login'))).not.toContain('password');
    watch.watch.select({ kinds: { include: ['secrets'] }, keys: true });
    await recorder.until('keys', () => JSON.stringify(recorder.named('Secret', 'login')).includes('password'));
    expect(JSON.stringify(recorder.changes)).not.toContain(data.password);
  });

  it('is one namespace or several, each by a watch of its own, or all but some', async () => {
    await using some = watching({ namespaces: { include: ['bay', 'shop'] } });
    await some.recorder.snapshot();
    expect(podsOf(some.recorder)).toEqual(['bay-db', 'bay-web', 'shop-db', 'shop-web']);
    expect(
      [...some.recorder.held.values()].flatMap(({ type, record }) => (type === 'namespaces' ? record?.name : [])),
    ).toEqual(expect.arrayContaining(['bay', 'shop']));
    expect(some.recorder.uids('namespaces')).toHaveLength(2);
    expect(some.recorder.uids('nodes')).toHaveLength(2);
    expect(cluster.requests.all().map(({ path }) => path)).not.toContain(PODS);
    await using others = watching({ namespaces: { exclude: ['bay', 'kube-system'] } });
    await others.recorder.snapshot();
    expect(podsOf(others.recorder)).toEqual(['dock-db', 'dock-web', 'shop-db', 'shop-web']);
    expect(others.recorder.named('Namespace', 'bay')).toBeUndefined();
  });

  it('needs rights in the included namespaces only; one that may not be read is said and holds up none', async () => {
    const token = cluster.addUser('bay-only', [
      { types: ['namespaces'], names: ['kube-system'] },
      { types: ['pods'], namespaces: ['bay'] },
    ]);
    const access = { ...accessOf(cluster), auth: { kind: 'token', token } as const };
    const selection = { kinds: { include: ['pods', 'services'] }, namespaces: { include: ['bay', 'shop'] } };
    await using watch = watching(selection, { access });
    const { recorder } = watch;
    await recorder.snapshot();
    expect(podsOf(recorder)).toEqual(['bay-db', 'bay-web']);
    expect(recorder.statuses.get('pods')).toMatchObject({
      state: 'watching',
      reason: expect.stringContaining('/namespaces/shop/') as string,
    });
    expect(recorder.statuses.get('services')?.state).toBe('forbidden');
  });

  it('is what has the labels', async () => {
    await using watch = watching({ labels: 'app in (web),!nothing' });
    await watch.recorder.snapshot();
    expect(podsOf(watch.recorder)).toEqual(['bay-web', 'dock-web', 'shop-web']);
    cluster.upsert('pods', podDraft({ namespace: 'bay', name: 'bay-web', app: 'other', image: 'x:1' }));
    await untilPods(watch.recorder, 'dock-web', 'shop-web');
  });

  it('changes at run time: only the watches concerned start or stop, what stays is not repeated, what goes is deleted', async () => {
    await using watch = watching({ kinds: { include: ['pods', 'services', 'nodes'] } });
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.requests.reset();
    const before = recorder.changes.length;
    watch.watch.select({ kinds: { include: ['pods', 'nodes', 'deployments.apps'] } });
    await recorder.until('without services', () => recorder.statuses.get('services')?.state === 'removed');
    await recorder.until('with deployments', () => recorder.statuses.get('deployments.apps')?.state === 'watching');
    await recorder.until('a snapshot again', () => recorder.snapshots.length === 2);
    expect(recorder.uids('services')).toEqual([]);
    expect(recorder.changes.slice(before).filter(({ type }) => type === 'pods' || type === 'nodes')).toEqual([]);
    expect(cluster.requests.all().map(({ path }) => path)).toEqual(['/apis/apps/v1/deployments']);
    expect(Object.keys(recorder.snapshots[1]?.kinds ?? {}).sort()).toEqual(['deployments.apps', 'nodes', 'pods']);
  });

  it('narrows to a namespace and widens again without repeating anything', async () => {
    await using watch = watching({ kinds: { include: ['pods', 'nodes'] } });
    const { recorder } = watch;
    await recorder.snapshot();
    const changesOf = (from: number): readonly string[] =>
      recorder.changes.slice(from).map((each) => (each.op === 'delete' ? 'delete' : each.record.name));
    let before = recorder.changes.length;
    const all = podsOf(recorder);
    watch.watch.select({ kinds: { include: ['pods', 'nodes'] }, namespaces: { include: ['bay'] } });
    await untilPods(recorder, 'bay-db', 'bay-web');
    expect(new Set(changesOf(before))).toEqual(new Set(['delete']));
    before = recorder.changes.length;
    watch.watch.select({ kinds: { include: ['pods', 'nodes'] } });
    await untilPods(recorder, ...all);
    expect(changesOf(before)).not.toContain('bay-web');
    before = recorder.changes.length;
    watch.watch.select({ kinds: { include: ['pods', 'nodes'] }, namespaces: { include: ['bay', 'shop'] } });
    await untilPods(recorder, 'bay-db', 'bay-web', 'shop-db', 'shop-web');
    watch.watch.select({ kinds: { include: ['pods', 'nodes'] }, namespaces: { include: ['shop'] } });
    await untilPods(recorder, 'shop-db', 'shop-web');
    expect(new Set(changesOf(before))).toEqual(new Set(['delete']));
    cluster.upsert('pods', podDraft({ namespace: 'shop', name: 'shop-new', app: 'new', image: 'x:1' }));
    cluster.upsert('pods', podDraft({ namespace: 'bay', name: 'bay-new', app: 'new', image: 'x:1' }));
    await untilPods(recorder, 'shop-db', 'shop-new', 'shop-web');
  });

  it('changes at once again and again, and ends as the last one says', async () => {
    await using watch = watching({ kinds: { include: ['pods'] } });
    const { recorder } = watch;
    for (let round = 0; round < 20; round += 1)
      watch.watch.select({ kinds: { include: round % 2 === 0 ? ['nodes'] : ['pods'] } });
    await recorder.until(
      'pods',
      () => recorder.statuses.get('pods')?.state === 'watching' && podsOf(recorder).length === 6,
    );
    watch.watch.select({ kinds: { include: ['nodes'] } });
    watch.watch.select({ kinds: { include: ['pods'] } });
    await recorder.until('pods again', () => recorder.statuses.get('pods')?.state === 'watching');
    await recorder.until('all of them', () => podsOf(recorder).length === 6);
    cluster.upsert('pods', podDraft({ namespace: 'shop', name: 'after', app: 'x', image: 'x:1' }));
    await recorder.until('still watched', () => recorder.named('Pod', 'after') !== undefined);
    await recorder.until('no nodes', () => recorder.uids('nodes').length === 0);
  });

  it('changes while the cluster is away', async () => {
    await using watch = watching({ kinds: { include: ['pods', 'nodes'] } });
    const { recorder } = watch;
    await recorder.snapshot();
    await cluster.stop();
    await recorder.until('lost', () => recorder.losses.length > 0);
    watch.watch.select({ kinds: { include: ['pods'] } });
    await recorder.until('nodes are deleted', () => recorder.uids('nodes').length === 0);
    await cluster.start();
    await recorder.snapshot(2);
    expect(Object.keys(recorder.snapshots.at(-1)?.kinds ?? {})).toEqual(['pods']);
  });

  it('is no more than the limits allow, and what was left out is said and comes when there is room', async () => {
    await using watch = watching({ kinds: { include: ['pods'] } }, { limits: { objectsMax: 4 } });
    const { recorder } = watch;
    await recorder.snapshot();
    const all = cluster.count('pods');
    expect(recorder.uids('pods')).toHaveLength(4);
    expect(recorder.statuses.get('pods')).toMatchObject({
      state: 'watching',
      leftOut: all - 4,
      reason: expect.stringContaining('limit of 4 objects') as string,
    });
    expect(watch.watch.usage()).toMatchObject({ objects: 4, connections: 1 });
    for (const { metadata } of cluster.list('pods').slice(0, all - 3)) cluster.remove('pods', metadata);
    const uids = cluster.list('pods').map(({ metadata }) => metadata.uid);
    await recorder.until('the others', () => JSON.stringify(recorder.uids('pods')) === JSON.stringify(uids.sort()));
    await recorder.until('nothing left out', () => recorder.statuses.get('pods')?.leftOut === 0);
  });

  it('counts each object that is left out once, however often it changes, until it goes or is taken after all', async () => {
    const unreadable = podDraft({ namespace: 'bay', name: 'unreadable', app: 'x', image: 'x:1' });
    const { uid } = cluster.upsert('pods', unreadable).metadata;
    cluster.faults.mangle('pods', (object) =>
      object.metadata.uid === uid ? { ...object, metadata: { ...object.metadata, name: undefined } } : object,
    );
    const timing = { ...TIMING, refusedRetryMs: 60_000 };
    await using watch = watching({ kinds: { include: ['pods'] } }, { limits: { objectsMax: 2 }, timing });
    const { recorder } = watch;
    await recorder.snapshot();
    const [first, second] = cluster.list('pods').filter(({ metadata }) => recorder.held.has(metadata.uid));
    const others = cluster
      .list('pods')
      .filter(({ metadata }) => metadata.uid !== uid && !recorder.held.has(metadata.uid));
    const leftOut = others.length;
    expect(recorder.statuses.get('pods')?.leftOut).toBe(leftOut + 1);
    const change = ({ metadata: { namespace, name }, ...rest }: KubeObject, status: object): void => {
      cluster.upsert('pods', {
        ...rest,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
        status,
      });
    };
    const untilSaid = (phase: string): Promise<void> =>
      recorder.until(phase, () =>
        [...recorder.held.values()].some(({ record }) => JSON.stringify(record).includes(phase)),
      );
    const told = (count: number): Promise<void> => {
      cluster.faults.cutStreams({ kind: 'pods' });
      return recorder.until(`${count} left out`, () => recorder.statuses.get('pods')?.leftOut === count);
    };
    for (let round = 0; round < 2 * leftOut; round += 1) for (const other of others) change(other, { round });
    cluster.remove('pods', unreadable.metadata);
    cluster.remove('pods', others[0]!.metadata);
    change(first!, { phase: 'Failed' });
    await untilSaid('Failed');
    await told(leftOut - 1);
    cluster.remove('pods', second!.metadata);
    change(others[1]!, { phase: 'Succeeded' });
    await untilSaid('Succeeded');
    await told(leftOut - 2);
    expect(recorder.uids('pods')).toHaveLength(2);
  });

  it('comes no faster than the limits allow: changes wait, and those to one object become one', async () => {
    await using watch = watching({ kinds: { include: ['services'] } }, { limits: { changesPerSecondMax: 20 } });
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.changes.length;
    const service = (port: number) => {
      const draft = serviceDraft({ namespace: 'shop', name: 'web' }, '10.0.0.9');
      return { ...draft, spec: { ...(draft['spec'] as object), ports: [{ name: 'http', port }] } };
    };
    for (let round = 1; round <= 100; round += 1) {
      cluster.upsert('services', service(round));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await recorder.until('the last', () =>
      JSON.stringify(recorder.named('Service', 'web') ?? '').includes('"port":100'),
    );
    expect(recorder.changes.length - before).toBeLessThan(50);
  });
});
