import { BASIC_TYPES, probeCluster, type WatchOptions } from '@mooring/cluster-watch';
import type { BasicKind, ClusterUnderTest, Manifest } from './cluster-under-test.ts';
import { lookUntil } from './look-until.ts';
import { startRecordedWatch, type RecordedWatch } from './recorded-watch.ts';
import type { Recorder, RecorderOptions } from './recorder.ts';

const TIMING = { flushMinMs: 50, flushMaxMs: 100, backoffMinMs: 20, backoffMaxMs: 200 };

const namespace = (name: string): Manifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const service = (home: string, name: string, port: number, annotation?: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    namespace: home,
    name,
    labels: { app: name },
    ...(annotation === undefined ? {} : { annotations: { note: annotation } }),
  },
  spec: { type: 'ExternalName', externalName: `${name}.example`, ports: [{ name: 'http', protocol: 'TCP', port }] },
});

/** Every kind is held as the API server itself has it; retried, since other controllers may be at work. */
async function expectSame(cluster: ClusterUnderTest, recorder: Recorder): Promise<void> {
  for (const { kind, groupResource } of BASIC_TYPES) {
    const uids = await lookUntil(
      () => cluster.uids(kind as BasicKind),
      (seen) => JSON.stringify(seen) === JSON.stringify(recorder.uids(groupResource)),
      10_000,
    );
    expect({ kind, uids: recorder.uids(groupResource) }).toEqual({ kind, uids });
  }
}

/**
 * What watching has to do on any API server. Defines Jest tests; `createCluster` is called once, within `createMsMax`, and the
 * cluster is disposed at the end.
 */
export function describeClusterWatchConformance(
  what: string,
  createCluster: () => Promise<ClusterUnderTest>,
  createMsMax = 30_000,
): void {
  describe(`cluster-watch on ${what}`, () => {
    let cluster: ClusterUnderTest;
    let home = '';
    let homes = 0;
    beforeAll(async () => {
      cluster = await createCluster();
    }, createMsMax);
    afterAll(() => cluster[Symbol.asyncDispose](), 60_000);
    beforeEach(async () => {
      homes += 1;
      home = `conformance-${homes}-${Math.random().toString(36).slice(2, 7)}`;
      await cluster.apply(namespace(home));
    });

    const watching = (options: Partial<WatchOptions> = {}, recorderOptions: RecorderOptions = {}): RecordedWatch =>
      startRecordedWatch({ access: cluster.access, timing: TIMING, ...options }, recorderOptions);

    it('says who the cluster is, as a probe does, then its tiers in order, then that the snapshot is complete', async () => {
      const probed = await probeCluster(cluster.access);
      await using watch = watching();
      const { recorder } = watch;
      await recorder.snapshot();
      expect(probed).toEqual({ ok: true, value: recorder.identity });
      expect(recorder.log.filter((word) => !/listing|watching/.test(word))).toEqual([
        'identity',
        'tier identity',
        'tier workloads',
        'tier everything',
        'snapshot 1',
      ]);
      expect(new Set([...recorder.statuses.values()].map(({ state }) => state))).toEqual(new Set(['watching']));
      await expectSame(cluster, recorder);
    });

    it('has the same first state by pages as by a stream', async () => {
      for (const name of ['a', 'b', 'c']) await cluster.apply(service(home, name, 80));
      await using first = watching();
      await using second = watching({ firstState: 'paged', limits: { pageObjects: 2 } });
      const [streamed, paged] = [first.recorder, second.recorder];
      await Promise.all([streamed.snapshot(), paged.snapshot()]);
      const mine = (recorder: Recorder): unknown[] =>
        recorder
          .known()
          .filter(({ type, uid }) => type === 'services' && recorder.held.get(uid)?.record?.namespace === home)
          .sort((a, b) => (a.uid < b.uid ? -1 : 1));
      expect(mine(paged)).toHaveLength(3);
      expect(mine(paged)).toEqual(mine(streamed));
      await expectSame(cluster, paged);
    });

    it('sees what is made, changed and removed, and nothing where only an annotation changes', async () => {
      await using watch = watching();
      const { recorder } = watch;
      await recorder.snapshot();
      await cluster.apply(service(home, 'conformance-web', 80));
      await recorder.until('made', () => recorder.named('Service', 'conformance-web') !== undefined);
      expect(recorder.named('Service', 'conformance-web')).toMatchObject({
        namespace: home,
        labels: { app: 'conformance-web' },
        type: 'ExternalName',
        externalName: 'conformance-web.example',
        ports: [{ name: 'http', protocol: 'TCP', port: 80 }],
      });
      await cluster.apply(service(home, 'conformance-web', 80, 'not kept'));
      await cluster.apply(service(home, 'conformance-web', 81));
      await recorder.until('changed', () =>
        JSON.stringify(recorder.named('Service', 'conformance-web')).includes('"port":81'),
      );
      await cluster.remove('Service', { namespace: home, name: 'conformance-web' });
      await recorder.until('removed', () => recorder.named('Service', 'conformance-web') === undefined);
      const ops = recorder.changes.filter(
        (change) => change.op === 'upsert' && change.record.name === 'conformance-web',
      );
      expect(ops).toHaveLength(2);
    });

    it('emits, to a caller that kept what it had, only the difference, deletes included', async () => {
      for (const name of ['stays', 'goes', 'changes']) await cluster.apply(service(home, name, 80));
      const first = watching();
      const before = first.recorder;
      await before.snapshot();
      await first[Symbol.asyncDispose]();
      const gone = before.named('Service', 'goes')?.uid;
      await cluster.remove('Service', { namespace: home, name: 'goes' });
      await cluster.apply(service(home, 'changes', 81));
      await cluster.apply(service(home, 'comes', 80));
      await using second = watching({ initial: before.known() }, { initial: before.known() });
      const after = second.recorder;
      await after.snapshot();
      const mine = after.changes.flatMap((change) => {
        if (change.op === 'delete') return change.uid === gone ? ['goes'] : [];
        return change.record.namespace === home ? [change.record.name] : [];
      });
      expect(mine.sort()).toEqual(['changes', 'comes', 'goes']);
      await expectSame(cluster, after);
    });

    it('comes back by itself after a cut, with what happened meanwhile and nothing else', async () => {
      if (cluster.cutConnections === undefined) return;
      for (const name of ['one', 'two']) await cluster.apply(service(home, name, 80));
      await using watch = watching();
      const { recorder } = watch;
      await recorder.snapshot();
      const changesBefore = recorder.changes.length;
      await cluster.cutConnections();
      await cluster.remove('Service', { namespace: home, name: 'one' });
      await cluster.apply(service(home, 'three', 80));
      await recorder.until('a second link', () => recorder.snapshots.length > 1, 60_000);
      await recorder.until('the service made meanwhile', () => recorder.named('Service', 'three') !== undefined);
      expect(recorder.named('Service', 'one')).toBeUndefined();
      expect(recorder.named('Service', 'two')).toBeDefined();
      expect(recorder.named('Service', 'three')).toBeDefined();
      expect(recorder.log).toEqual(expect.arrayContaining(['restored']));
      const mine = recorder.changes
        .slice(changesBefore)
        .filter((change) => change.op === 'upsert' && change.record.namespace === home);
      expect(mine).toHaveLength(1);
    }, 90_000);
  });
}
