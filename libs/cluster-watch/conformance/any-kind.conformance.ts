import type { GroupResource, WatchOptions } from '@mooring/cluster-watch';
import type { CustomType } from '@mooring/kube-sim';
import { pathOf, ref, type AnyCluster, type Reader } from './any-cluster.ts';
import { createRawClient } from './raw-client.ts';
import { startRecordedWatch, type RecordedWatch } from './recorded-watch.ts';
import type { Recorder, RecorderOptions } from './recorder.ts';

const TIMING = { flushMinMs: 50, flushMaxMs: 100, backoffMinMs: 50, backoffMaxMs: 500 };
const WAIT_MS = 60_000;
const TEST_MS = 180_000;
const SERVICES = ref('services');
const NAMESPACES = ref('namespaces');

const service = (namespace: string, name: string, port: number, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name, labels },
  spec: { type: 'ExternalName', externalName: `${name}.example`, ports: [{ name: 'http', protocol: 'TCP', port }] },
});

/** What happens to a cluster under a watch, and must not be noticed afterwards. */
const ORDEALS: readonly (readonly [string, (cluster: AnyCluster) => Promise<void>])[] = [
  ['a restart of the API server', (cluster) => cluster.restart()],
  ['its sudden end', (cluster) => cluster.crash()],
  [
    'a compaction and a restart: every version is gone (410)',
    async (cluster) => {
      await cluster.compact();
      await cluster.restart();
    },
  ],
  ['another token', (cluster) => cluster.rotateToken()],
  [
    'another certificate of another authority',
    async (cluster) => {
      await cluster.rotateCertificate({ newAuthority: true });
      await cluster.restart();
    },
  ],
];

/**
 * What watching has to do with any type, right, selection and ordeal, on any API server. `getCluster` gives the same cluster each time; nothing
 * else may change it meanwhile but its own controllers.
 */
export function describeAnyKindConformance(what: string, getCluster: () => AnyCluster): void {
  describe(`cluster-watch with any kind on ${what}`, () => {
    let home = '';
    let homes = 0;
    beforeEach(async () => {
      homes += 1;
      home = `any-${homes}-${Math.random().toString(36).slice(2, 7)}`;
      await getCluster().apply(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } });
    });

    const watching = (
      reader: Reader = 'viewer',
      options: Partial<WatchOptions> = {},
      recorderOptions: RecorderOptions = {},
    ): RecordedWatch => {
      const access = () => getCluster().accessAs(reader);
      return startRecordedWatch(
        { access: access(), refreshAccess: access, timing: TIMING, ...options },
        recorderOptions,
      );
    };
    const until = (recorder: Recorder, words: string, condition: () => boolean): Promise<void> =>
      recorder.until(words, condition, WAIT_MS);
    const snapshots = (recorder: Recorder, count: number): Promise<void> =>
      until(recorder, `${count} snapshots`, () => recorder.snapshots.length >= count);
    const stateOf = (recorder: Recorder, type: GroupResource): string | undefined => recorder.statuses.get(type)?.state;
    const mine = (recorder: Recorder): readonly string[] =>
      [...recorder.held.values()]
        .filter(({ type, record }) => type === 'services' && record?.namespace === home)
        .map(({ record }) => record?.name ?? '')
        .sort();
    const apply = (name: string, port = 80, labels: object = {}): Promise<void> =>
      getCluster().apply(SERVICES, service(home, name, port, labels));
    const remove = (name: string): Promise<void> => getCluster().remove(SERVICES, { namespace: home, name });
    /** By a plain list, over all namespaces. */
    const uidsOf = async (type: ReturnType<typeof ref>): Promise<readonly string[]> => {
      const cluster = getCluster();
      using client = createRawClient(cluster.server, cluster.ca, cluster.tokenOf('viewer'));
      const { json } = await client.get(pathOf(type));
      const { items } = json as unknown as { items: readonly { metadata: { uid: string } }[] };
      return items.map(({ metadata }) => metadata.uid).sort();
    };
    const expectSame = async (recorder: Recorder, name: GroupResource, type: ReturnType<typeof ref>): Promise<void> => {
      const deadline = Date.now() + 20_000;
      let uids = await uidsOf(type);
      while (JSON.stringify(uids) !== JSON.stringify(recorder.uids(name)) && Date.now() < deadline)
        uids = await uidsOf(type);
      expect([name, recorder.uids(name)]).toEqual([name, uids]);
    };

    it(
      'has every type that can be watched, and of those without a record the metadata alone',
      async () => {
        await using watch = watching();
        const { recorder } = watch;
        await snapshots(recorder, 1);
        const words = [...recorder.statuses].filter(([, { state }]) => state !== 'watching');
        expect(words).toEqual([]);
        expect([...recorder.statuses.keys()]).toEqual(
          expect.arrayContaining([
            'pods',
            'replicasets.apps',
            'clusterroles.rbac.authorization.k8s.io',
            'flowschemas.flowcontrol.apiserver.k8s.io',
          ]),
        );
        for (const never of [
          'secrets',
          'configmaps',
          'events',
          'bindings',
          'componentstatuses',
          'tokenreviews.authentication.k8s.io',
        ])
          expect(stateOf(recorder, never)).toBeUndefined();
        await expectSame(recorder, 'pods', ref('pods'));
        await expectSame(recorder, 'services', SERVICES);
        await expectSame(recorder, 'namespaces', NAMESPACES);
      },
      TEST_MS,
    );

    it(
      'starts with a CRD, goes on through its versions without repeating anything, and ends with it; no other watch starts anew',
      async () => {
        const group = `${home}.example`;
        const type: CustomType = { group, kind: 'Crane', plural: 'cranes', versions: ['v1'] };
        const name = `cranes.${group}`;
        const crane = (version: string, called: string) => ({
          apiVersion: `${group}/${version}`,
          kind: 'Crane',
          metadata: { namespace: home, name: called, labels: { app: called } },
          spec: { height: 40 },
        });
        await using watch = watching();
        const { recorder } = watch;
        await snapshots(recorder, 1);
        const podsBefore = recorder.log.filter((word) => word.startsWith('pods ')).length;
        await getCluster().installType(type);
        await until(recorder, 'the type', () => stateOf(recorder, name) === 'watching');
        await getCluster().apply(ref('cranes', group), crane('v1', 'one'));
        await until(recorder, 'the first object', () => recorder.named('Crane', 'one') !== undefined);
        expect(recorder.named('Crane', 'one')).toMatchObject({ namespace: home, labels: { app: 'one' } });
        expect(JSON.stringify(recorder.named('Crane', 'one'))).not.toContain('height');

        await getCluster().installType({ ...type, versions: ['v1', 'v2'] });
        await until(recorder, 'the type again', () => stateOf(recorder, name) === 'watching');
        await getCluster().apply(ref('cranes', group), crane('v1', 'two'));
        await until(recorder, 'the second object', () => recorder.named('Crane', 'two') !== undefined);
        const upserts = recorder.changes.filter((change) => change.op === 'upsert' && change.type === name);
        expect(upserts).toHaveLength(2);

        await getCluster().uninstallType(type);
        await until(recorder, 'the end of the type', () => stateOf(recorder, name) === 'removed');
        expect(recorder.uids(name)).toEqual([]);
        expect(recorder.log.filter((word) => word.startsWith('pods '))).toHaveLength(podsBefore);
        expect(recorder.losses).toEqual([]);
      },
      TEST_MS,
    );

    it(
      'takes another selection at run time: what goes is deleted, what stays is not repeated',
      async () => {
        await apply('web', 80, { tier: 'web' });
        await apply('store', 80, { tier: 'store' });
        await using watch = watching('viewer', { selection: { kinds: { include: ['services', 'namespaces'] } } });
        const { recorder } = watch;
        await snapshots(recorder, 1);
        expect(mine(recorder)).toEqual(['store', 'web']);
        expect(recorder.uids('pods')).toEqual([]);
        watch.watch.select({ kinds: { include: ['services', 'pods'] }, labels: '!tier' });
        await until(recorder, 'the pods', () => stateOf(recorder, 'pods') === 'watching');
        await until(recorder, 'the services without the label', () => mine(recorder).length === 0);
        expect(stateOf(recorder, 'namespaces')).toBe('removed');
        watch.watch.select({ kinds: { include: ['services'] }, namespaces: { include: [home] } });
        await until(recorder, 'the services again', () => mine(recorder).length === 2);
        await until(recorder, 'those of other namespaces go', () => recorder.uids('services').length === 2);
        await apply('third', 80);
        await until(recorder, 'a third one', () => mine(recorder).length === 3);
      },
      TEST_MS,
    );

    it(
      'gives somebody with few rights what they may read, and says what is forbidden',
      async () => {
        await using watch = watching('limited');
        const { recorder } = watch;
        await snapshots(recorder, 1);
        expect([stateOf(recorder, 'namespaces'), stateOf(recorder, 'pods')]).toEqual(['watching', 'watching']);
        expect([stateOf(recorder, 'nodes'), stateOf(recorder, 'deployments.apps')]).toEqual(['forbidden', 'forbidden']);
        expect(recorder.statuses.get('nodes')?.reason).toContain('nodes');
        await expectSame(recorder, 'pods', ref('pods'));
      },
      TEST_MS,
    );

    it(
      'needs no more than the rights in the namespaces that are selected',
      async () => {
        await getCluster().apply(SERVICES, service('tenant', `of-${home}`, 80));
        const selection = { kinds: { include: ['services', 'pods'] }, namespaces: { include: ['tenant'] } };
        await using watch = watching('tenant', { selection });
        const { recorder } = watch;
        await snapshots(recorder, 1);
        expect([...recorder.statuses.values()].map(({ state }) => state)).toEqual(['watching', 'watching']);
        expect(recorder.named('Service', `of-${home}`)).toBeDefined();
      },
      TEST_MS,
    );

    it.each(ORDEALS)(
      'is back by itself after %s, with the difference and nothing else',
      async (_what, act) => {
        for (const name of ['stays', 'goes', 'changes']) await apply(name);
        await using watch = watching('viewer', { selection: { kinds: { include: ['*'], exclude: ['nodes'] } } });
        const { recorder } = watch;
        await snapshots(recorder, 1);
        const before = recorder.changes.length;
        const gone = recorder.named('Service', 'goes')?.uid;
        await act(getCluster());
        await remove('goes');
        await apply('changes', 81);
        await apply('comes');
        await snapshots(recorder, 2);
        await until(recorder, 'the difference', () => mine(recorder).join() === 'changes,comes,stays');
        await until(recorder, 'the change', () =>
          JSON.stringify(recorder.named('Service', 'changes')).includes('"port":81'),
        );
        const differences = recorder.changes.slice(before).flatMap((change) => {
          if (change.op === 'delete') return change.uid === gone ? ['goes'] : [];
          return change.type === 'services' && change.record.namespace === home ? [change.record.name] : [];
        });
        expect(differences.sort()).toEqual(['changes', 'comes', 'goes']);
        await expectSame(recorder, 'pods', ref('pods'));
        await expectSame(recorder, 'services', SERVICES);
        const removed = [...recorder.statuses].filter(([, { state }]) => state === 'removed');
        expect(removed).toEqual([]);
      },
      TEST_MS,
    );
  });
}

/** The same of an upgrade, which a cluster survives once. */
export function describeUpgradeConformance(what: string, getCluster: () => AnyCluster): void {
  describe(`cluster-watch through an upgrade of ${what}`, () => {
    it(
      'is back by itself, says the new version, and has what the cluster has',
      async () => {
        const access = () => getCluster().accessAs('viewer');
        await using watch = startRecordedWatch({ access: access(), refreshAccess: access, timing: TIMING });
        const { recorder } = watch;
        await recorder.until('a snapshot', () => recorder.snapshots.length > 0, WAIT_MS);
        const { identity } = recorder;
        const pods = recorder.uids('pods');
        await getCluster().upgrade();
        await recorder.until('another snapshot', () => recorder.snapshots.length > 1, 2 * WAIT_MS);
        expect(recorder.identity?.uid).toBe(identity?.uid);
        expect([identity?.version, recorder.identity?.version]).toEqual([
          expect.stringMatching(/^v1\.35\./),
          expect.stringMatching(/^v1\.36\./),
        ]);
        expect(recorder.uids('pods')).toEqual(pods);
        expect(stateless(recorder)).toEqual([]);
      },
      // Its first build takes minutes.
      1_200_000,
    );
  });
}

/** The types that are not watched, and why. */
const stateless = (recorder: Recorder): readonly string[] =>
  [...recorder.statuses].flatMap(([type, { state, reason = '' }]) =>
    state === 'watching' ? [] : [`${type} ${state} ${reason}`],
  );
