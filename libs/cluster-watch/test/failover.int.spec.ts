import { createSimulatedCluster, podDraft, type CustomType, type SimulatedCluster } from '@mooring/kube-sim';
import type { KindStatus } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import { accessOf } from './access-of.ts';
import { createSwitchableFront, type SwitchableFront } from './switchable-front.ts';
import { until } from './until.ts';

const TIMING = { flushMinMs: 20, flushMaxMs: 40, backoffMinMs: 10, backoffMaxMs: 50, discoveryDelayMs: 20 };
const BOATS: CustomType = { group: 'harbour.example', kind: 'Boat', plural: 'boats', versions: ['v1'] };
const BOAT = 'boats.harbour.example';
const CRANES: CustomType = { group: 'harbour.example', kind: 'Crane', plural: 'cranes', versions: ['v1'] };
const KINDS = ['namespaces', 'nodes', 'pods', 'services'];

/** With that of the CRDs. */
const STREAMS = KINDS.length + 1;

describe('an address that leads to another cluster while its first connection lives', () => {
  let cluster: SimulatedCluster;
  let other: SimulatedCluster;
  let front: SwitchableFront;
  beforeEach(async () => {
    cluster = await createSimulatedCluster({ name: 'ours', namespaces: ['shop'], nodes: 2, pods: 3, bookmarkMs: 50 });
    other = await createSimulatedCluster({ name: 'other', nodes: 3, pods: 4, bookmarkMs: 50, keys: cluster.keys });
    front = await createSwitchableFront(cluster.server);
    cluster.installType(CRANES);
    other.installType(BOATS);
    other.upsert(BOAT, { metadata: { namespace: 'default', name: 'foreign' } });
  });
  afterEach(async () => {
    await front[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  const watching = (include: readonly string[], streamsPerConnection: number): RecordedWatch =>
    startRecordedWatch({
      access: { ...accessOf(cluster), server: front.server },
      ...{ timing: TIMING, limits: { streamsPerConnection }, selection: { kinds: { include } } },
    });
  const isRefused = ({ state, reason }: KindStatus): boolean =>
    state === 'failing' && reason?.includes(`expected the cluster ${cluster.uid}, found ${other.uid}`) === true;

  it('takes and deletes nothing because of the other one, and goes on when it leads back', async () => {
    await using watch = watching(KINDS, 2);
    const { recorder } = watch;
    await recorder.snapshot();
    await until('everything is open', () => watch.watch.usage().streams === STREAMS);
    expect(front.open).toBe(3);
    const before = recorder.changes.length;
    front.leadTo(other.server);
    front.cutAllButFirst();
    await recorder.until('said why', () => [...recorder.statuses.values()].some(isRefused));
    front.leadTo(cluster.server);
    await recorder.until('all of it again', () =>
      KINDS.every((kind) => recorder.statuses.get(kind)?.state === 'watching'),
    );
    expect(recorder.changes.slice(before)).toEqual([]);
    expect(recorder.losses).toEqual([]);
    cluster.upsert('pods', podDraft({ namespace: 'shop', name: 'new', app: 'x', image: 'x:1' }));
    cluster.upsert('namespaces', { metadata: { name: 'new' } });
    await recorder.until('a pod', () => recorder.named('Pod', 'new') !== undefined);
    await recorder.until('a namespace', () => recorder.named('Namespace', 'new') !== undefined);
  });

  it('does not read a type that comes from the other one', async () => {
    await using watch = watching([...KINDS, BOAT], STREAMS);
    const { recorder } = watch;
    await recorder.snapshot();
    await until('everything is open', () => watch.watch.usage().streams === STREAMS);
    expect(front.open).toBe(1);
    front.leadTo(other.server);
    cluster.installType(BOATS);
    cluster.upsert(BOAT, { metadata: { namespace: 'shop', name: 'ours' } });
    await recorder.until('refused', () => [recorder.statuses.get(BOAT)].some((status) => status && isRefused(status)));
    front.leadTo(cluster.server);
    await recorder.until('our boat', () => recorder.named('Boat', 'ours') !== undefined);
    expect(recorder.named('Boat', 'foreign')).toBeUndefined();
  });

  describe('and many types that need a further connection', () => {
    const plurals = Array.from({ length: 20 }, (_, index) => `rafts${index}`);
    const rafts = plurals.map((plural) => `${plural}.harbour.example`);
    const installRafts = (): void => {
      for (const plural of plurals)
        cluster.installType({ group: 'harbour.example', kind: plural, plural, versions: ['v1'] });
    };
    /** Half of the bound each: 1 s, 2 s, 4 s. */
    const LINK = { linkBackoffMinMs: 2000, linkBackoffMaxMs: 30_000, random: 0.5 };
    const ROOM = { listsAtOnce: 100, requestsPerSecond: 5000, requestsAtOnce: 5000 };
    const crowded = (connectionsMax: number): RecordedWatch => {
      const { random, ...timing } = LINK;
      return startRecordedWatch({
        ...{ access: { ...accessOf(cluster), server: front.server }, random: () => random },
        ...{ timing: { ...TIMING, ...timing }, selection: { kinds: { include: [...KINDS, ...rafts] } } },
        limits: { ...ROOM, connectionsMax, streamsPerConnection: STREAMS },
      });
    };
    const failuresOf = ({ log }: RecordedWatch['recorder']): number =>
      log.filter((word) => rafts.some((raft) => word === `${raft} failing`)).length;

    it('hardly touches the other one, however often they try, and goes on when it leads back', async () => {
      await using watch = crowded(10);
      const { recorder } = watch;
      await recorder.snapshot();
      await until('everything is open', () => watch.watch.usage().streams === STREAMS);
      front.leadTo(other.server);
      installRafts();
      await until('many attempts', () => failuresOf(recorder) >= 300);
      await recorder.until('said why', () => [...recorder.statuses.values()].some(isRefused));
      expect(other.requests.count('get', '/version')).toBeLessThanOrEqual(3);
      front.leadTo(cluster.server);
      await until(
        'all of them',
        () => rafts.every((raft) => recorder.statuses.get(raft)?.state === 'watching'),
        10_000,
      );
    }, 20_000);

    it('connects no more often where each further connection is lost at once', async () => {
      await using watch = crowded(2);
      const { recorder } = watch;
      await recorder.snapshot();
      await until('everything is open', () => watch.watch.usage().streams === STREAMS);
      cluster.requests.reset();
      installRafts();
      const connects = (): number => cluster.requests.count('get', '/version');
      await until('many attempts', () => {
        if (watch.watch.usage().connections > 1) front.cutAllButFirst();
        return failuresOf(recorder) >= 300 || connects() > 3;
      });
      expect(connects()).toBeLessThanOrEqual(3);
    }, 20_000);
  });
});
