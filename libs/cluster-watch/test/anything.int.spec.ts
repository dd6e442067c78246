import { createSimulatedCluster, podDraft, type CustomType, type SimulatedCluster } from '@mooring/kube-sim';
import { delay, seededRandom } from '@mooring/kernel';
import { isSelected, type ResourceType, type Selection } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import { hashOf } from '../src/content-hash.ts';
import { depthOf, slimRecord } from '../src/records/slim.ts';
import { accessOf } from './access-of.ts';
import { knownStateOf } from './known-state.ts';

const TIMING = {
  ...{ flushMinMs: 5, flushMaxMs: 15, backoffMinMs: 5, backoffMaxMs: 40, refusedRetryMs: 60, connectTimeoutMs: 500 },
  ...{ discoveryDelayMs: 5, rediscoverMs: 150, removalConfirmMs: 30, progressTimeoutMs: 400, healthyAfterMs: 100 },
  ...{ pingIntervalMs: 100, pingTimeoutMs: 200 },
};
const HOMES = ['bay', 'dock'];
const SELECTIONS: readonly Selection[] = [
  {},
  { kinds: { include: ['*'], exclude: ['pods'] } },
  { namespaces: { include: ['bay'] } },
  { namespaces: { include: ['bay', 'dock'] } },
  { namespaces: { exclude: ['dock'] } },
  { kinds: { include: ['pods', '*.harbour.example'] } },
];
const typeNamed = (index: number): CustomType => ({
  ...{ group: 'harbour.example', kind: `Kind${index}`, plural: `kinds${index}`, versions: ['v1'] },
});

function actions(cluster: SimulatedCluster, random: () => number, select: (selection: Selection) => void) {
  const below = (count: number): number => Math.floor(random() * count);
  const pod = (): { namespace: string; name: string } => ({ namespace: HOMES[below(2)]!, name: `pod-${below(12)}` });
  const { faults } = cluster;
  return [
    () => cluster.upsert('pods', podDraft({ ...pod(), app: `app-${below(3)}`, image: 'x:1' })),
    () => cluster.upsert('pods', podDraft({ ...pod(), app: `app-${below(3)}`, image: 'x:1' })),
    () => cluster.remove('pods', pod()),
    () => cluster.remove('pods', pod()),
    () => cluster.installType({ ...typeNamed(below(4)), versions: [random() < 0.7 ? 'v1' : 'v2'] }),
    () => cluster.uninstallType(`kinds${below(4)}.harbour.example`),
    () => {
      const name = `kinds${below(4)}.harbour.example`;
      if (cluster.types.some(({ groupResource }) => groupResource === name))
        cluster.upsert(name, { metadata: { namespace: HOMES[below(2)]!, name: `thing-${below(4)}` } });
    },
    () => faults.cutStreams({ insideLine: random() < 0.5 }),
    () => faults.cutStreams({ kind: 'pods', insideLine: random() < 0.5 }),
    () => faults.cutConnections(),
    () => faults.gone(),
    () => cluster.compact(),
    () => faults.forbid('pods'),
    () => faults.missing('services'),
    () => faults.hold('pods'),
    () => faults.release(),
    () => faults.respond({ status: [500, 503, 410, 404, 200][below(5)]!, kind: 'pods', times: 2, body: '<html>' }),
    () => faults.respond({ status: [500, 403][below(2)]!, path: '/apis', times: 1 }),
    () => faults.writeRaw('pods', '{"type":"ADDED","object":{"kind":\n'),
    () => faults.clear(),
    () => faults.clear(),
    () => void (faults.duplicate = !faults.duplicate),
    () => void (faults.streamedLists = !faults.streamedLists),
    () => select(SELECTIONS[below(SELECTIONS.length)]!),
  ];
}

const homeOf = (type: ResourceType, { namespace, name }: { namespace?: string; name: string }): string | undefined =>
  type.groupResource === 'namespaces' ? name : namespace;

const isIn = (home: string | undefined, { namespaces }: Selection): boolean =>
  home === undefined ||
  (namespaces?.exclude?.includes(home) !== true &&
    (namespaces?.include === undefined || namespaces.include.includes(home)));

describe('whatever happens to a cluster, in any order', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'the sink ends with what the cluster has of what is selected, and was told nothing twice (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      await using cluster = await createSimulatedCluster({
        name: `any-${seed}`,
        namespaces: HOMES,
        nodes: 1,
        bookmarkMs: 40,
      });
      cluster.installType(typeNamed(9));
      let selection: Selection = {};
      let watch: RecordedWatch = startRecordedWatch({ access: accessOf(cluster), timing: TIMING });
      const select = (next: Selection): void => {
        selection = next;
        watch.watch.select(next);
      };
      const all = actions(cluster, random, select);
      for (let step = 0; step < 150; step += 1) {
        all[Math.floor(random() * all.length)]!();
        if (random() < 0.4) await delay(Math.floor(random() * 15));
        if (random() > 0.98) {
          // A restart, with what was kept.
          const kept = watch.recorder.known();
          await watch[Symbol.asyncDispose]();
          const options = { access: accessOf(cluster), timing: TIMING, known: knownStateOf(kept), selection };
          watch = startRecordedWatch(options, { initial: kept });
        }
      }
      cluster.faults.clear();
      const expected = (): string => {
        const types = new Map(cluster.types.map((type) => [type.groupResource, type]));
        const lines = [...types.values()].flatMap((type) => {
          const { groupResource, group, resource, kind, namespaced, verbs } = type;
          const asType: ResourceType = {
            ...{ groupResource, group, version: 'v1', resource, kind, namespaced },
            ...{ tier: 'everything', depth: 'metadata' },
          };
          if (!verbs.includes('watch') || !isSelected(asType, selection)) return [];
          return cluster.list(groupResource).flatMap((object) => {
            const { name, namespace, uid } = object.metadata as { name: string; namespace?: string; uid: string };
            const home = homeOf(asType, { name, ...(namespace === undefined ? {} : { namespace }) });
            if (!isIn(home, selection)) return [];
            const record = slimRecord({ ...asType, depth: depthOf(groupResource) }, object);
            return [`${groupResource} ${uid} ${record === undefined ? '' : hashOf(record)}`];
          });
        });
        return lines.sort().join('\n');
      };
      const held = (): string =>
        [...watch.recorder.held]
          .map(([uid, { type, hash }]) => `${type} ${uid} ${hash}`)
          .sort()
          .join('\n');
      const last = watch;
      await using stack = new AsyncDisposableStack();
      stack.use(last);
      const deadline = Date.now() + 15_000;
      while (held() !== expected() && Date.now() < deadline) {
        await delay(20);
        // A watch that has ended, ended because of what its sink was told.
        const ended = await Promise.race([last.watch.finished.then(() => 'ended'), Promise.resolve('running')]);
        expect(ended).toBe('running');
      }
      expect(held()).toBe(expected());
    },
    60_000,
  );
});
