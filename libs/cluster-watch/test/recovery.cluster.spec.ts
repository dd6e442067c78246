import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectionPathOf, type ResourceType, type WatchOptions } from '@mooring/cluster-watch';
import { startKubeCluster, type KubeCluster } from '@mooring/kube-cluster';
import { crdDraft, type CustomType } from '@mooring/kube-sim';
import { delay } from '@mooring/kernel';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import type { Recorder } from '../conformance/recorder.ts';
import { knownStateOf } from './known-state.ts';
import { accessAs } from './real-under-test.ts';

const WAIT_MS = 60_000;
const BOATS: CustomType = { group: 'harbour.example', kind: 'Boat', plural: 'boats', versions: ['v1', 'v2'] };
const BOAT = 'boats.harbour.example';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** One control plane for all: they run one after the other, and each leaves it reachable. */
describe('a watch of everything on a real control plane', () => {
  let dataFolder: string;
  let cluster: KubeCluster;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'mooring-watch-everything-'));
    cluster = await startKubeCluster({ dataFolder, nodes: 2, pods: 30 });
    await cluster.installCrds('gateway-api');
    await cluster.installCrds('istio');
  }, 600_000);
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await rm(dataFolder, { recursive: true, force: true });
  }, 60_000);

  const watching = (
    options: Partial<WatchOptions> = {},
    initial?: Recorder,
  ): RecordedWatch & { types: Map<string, ResourceType> } => {
    const types = new Map<string, ResourceType>();
    const access = () => accessAs(cluster, 'viewer');
    const watch = startRecordedWatch(
      { access: access(), refreshAccess: access, timing: { backoffMinMs: 100, backoffMaxMs: 1000 }, ...options },
      initial === undefined ? {} : { initial: initial.known() },
    );
    const tell = watch.recorder.onKindStatus.bind(watch.recorder);
    watch.recorder.onKindStatus = (type, status) => {
      types.set(type.groupResource, type);
      return tell(type, status);
    };
    return { ...watch, types, [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose]() };
  };
  /** Every type that is watched is held as a plain list has it. */
  const expectSame = async ({ recorder, types }: ReturnType<typeof watching>): Promise<void> => {
    for (const [name, type] of types) {
      const isRemoved = (): boolean => recorder.statuses.get(name)?.state === 'removed';
      // An API server that has just begun answers 404 or 503 without a list for the types it does not serve yet.
      const uidsNow = async (): Promise<readonly string[] | undefined> => {
        const { status, body } = await cluster.users.admin.api.call('GET', collectionPathOf(type));
        if (status !== 200) return undefined;
        const { items } = body as { items: readonly { metadata: { uid: string } }[] | null };
        return (items ?? []).map(({ metadata }) => metadata.uid).sort();
      };
      // The controllers are at work meanwhile.
      const deadline = Date.now() + WAIT_MS;
      let uids = await uidsNow();
      while (!isRemoved() && JSON.stringify(uids) !== JSON.stringify(recorder.uids(name)) && Date.now() < deadline) {
        await delay(100);
        uids = await uidsNow();
      }
      if (!isRemoved()) expect([name, recorder.uids(name)]).toEqual([name, uids]);
    }
  };

  it('has all types as plain lists have them, the same by pages, and emits nothing to who has it already', async () => {
    await using watch = watching();
    await watch.recorder.until('a snapshot', () => watch.recorder.snapshots.length > 0, WAIT_MS);
    const others = ({ recorder }: RecordedWatch) =>
      [...recorder.statuses].filter(([, { state }]) => state !== 'watching');
    expect(others(watch)).toEqual([]);
    expect(watch.types.size).toBeGreaterThan(70);
    await expectSame(watch);
    await watch[Symbol.asyncDispose]();
    const known = knownStateOf(watch.recorder.known());
    await using again = watching({ firstState: 'paged', known, limits: { pageObjects: 7 } }, watch.recorder);
    await again.recorder.until('a snapshot', () => again.recorder.snapshots.length > 0, WAIT_MS);
    expect(others(again)).toEqual([]);
    // Some heartbeats and leases of the control plane itself are content.
    expect(again.recorder.changes.length).toBeLessThan(5);
    await expectSame(again);
  }, 120_000);

  it('starts with a CRD, goes on in its other version, and ends with it', async () => {
    const { admin } = cluster.users;
    await using watch = watching();
    const { recorder } = watch;
    await recorder.until('a snapshot', () => recorder.snapshots.length > 0, WAIT_MS);
    const { apiVersion, kind, metadata, spec } = crdDraft(BOATS);
    const crd = { apiVersion, kind, metadata, spec };
    await admin.api.create(CRDS, crd);
    await recorder.until('boats', () => recorder.statuses.get(BOAT)?.state === 'watching', WAIT_MS);
    // Kubernetes prefers the higher version.
    expect(watch.types.get(BOAT)?.version).toBe('v2');
    const boat = (name: string, version: string) => ({
      apiVersion: `harbour.example/${version}`,
      kind: 'Boat',
      metadata: { name },
    });
    await admin.api.create('/apis/harbour.example/v2/namespaces/default/boats', boat('one', 'v2'));
    await recorder.until('a boat', () => recorder.named('Boat', 'one') !== undefined, WAIT_MS);
    const upserts = (): number => recorder.changes.filter(({ op, type }) => op === 'upsert' && type === BOAT).length;
    const before = upserts();
    const found = (await admin.api.call('GET', `${CRDS}/${BOAT}`)).body as {
      spec: { versions: { name: string; served: boolean }[] };
    };
    for (const version of found.spec.versions) if (version.name === 'v2') version.served = false;
    await admin.api.call('PUT', `${CRDS}/${BOAT}`, found);
    await recorder.until(
      'v1',
      () => watch.types.get(BOAT)?.version === 'v1' && recorder.statuses.get(BOAT)?.state === 'watching',
      WAIT_MS,
    );
    await admin.api.create('/apis/harbour.example/v1/namespaces/default/boats', boat('two', 'v1'));
    await recorder.until('another boat', () => recorder.named('Boat', 'two') !== undefined, WAIT_MS);
    expect(upserts()).toBe(before + 1);
    await admin.api.call('DELETE', `${CRDS}/${BOAT}`);
    await recorder.until('no boats', () => recorder.statuses.get(BOAT)?.state === 'removed', WAIT_MS);
    expect(recorder.uids(BOAT)).toEqual([]);
    await admin.api.create(CRDS, crd);
    await recorder.until('boats again', () => recorder.statuses.get(BOAT)?.state === 'watching', WAIT_MS);
    expect(recorder.losses).toEqual([]);
    await admin.api.call('DELETE', `${CRDS}/${BOAT}`);
  }, 300_000);

  it.each([
    ['a restart of the API server', () => cluster.restartApiServer()],
    [
      'its sudden end',
      async () => {
        await cluster.killApiServer();
        await cluster.startApiServer();
      },
    ],
    ['another token', () => cluster.rotateToken('viewer')],
    [
      'another certificate of another authority',
      async () => {
        await cluster.rotateCertificate({ newAuthority: true });
        await cluster.restartApiServer();
      },
    ],
  ])(
    'is back by itself after %s, with the difference',
    async (_what, act) => {
      await using watch = watching();
      const { recorder } = watch;
      await recorder.until('a snapshot', () => recorder.snapshots.length > 0, WAIT_MS);
      const types = watch.types.size;
      await act();
      const name = `after-${Date.now()}`;
      await cluster.users.admin.api.create('/api/v1/namespaces', { metadata: { name } });
      await recorder.until('another snapshot', () => recorder.snapshots.length > 1, WAIT_MS);
      await recorder.until('the namespace', () => recorder.named('Namespace', name) !== undefined, WAIT_MS);
      await expectSame(watch);
      expect(watch.types.size).toBe(types);
      const removed = [...recorder.statuses].flatMap(([type, { state }]) => (state === 'removed' ? [type] : []));
      // Discovery goes on naming a type for a moment after its CRD is gone.
      expect(removed.filter((type) => type !== BOAT)).toEqual([]);
    },
    300_000,
  );

  it('of somebody with rights in one namespace gives that namespace', async () => {
    const { api } = cluster.users.admin;
    await api.call('POST', '/api/v1/namespaces', { metadata: { name: 'tenant' } });
    await api.create('/api/v1/namespaces/tenant/services', {
      metadata: { name: 'web' },
      spec: { ports: [{ port: 80 }] },
    });
    const selection = {
      kinds: { include: ['services', 'pods', 'deployments.apps'] },
      namespaces: { include: ['tenant'] },
    };
    await using watch = startRecordedWatch({ access: accessAs(cluster, 'tenant'), selection });
    await watch.recorder.until('a snapshot', () => watch.recorder.snapshots.length > 0, WAIT_MS);
    expect([...watch.recorder.statuses.values()].map(({ state }) => state)).toEqual([
      'watching',
      'watching',
      'watching',
    ]);
    expect(watch.recorder.named('Service', 'web')).toBeDefined();
  }, 120_000);
});
