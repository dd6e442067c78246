import { eventually, temporaryFolder, type TemporaryFolder } from '@mooring/testing';
import { startKubeCluster, type KubeCluster, type Role } from '@mooring/kube-cluster';
import { auditedRequests } from './audit.ts';
import { KINDS, uidsInCluster, uidsInMooring, untilInventoryIs, untilKindStatesAre, type Kind } from './inventory.ts';
import { connectionIn, outcomesOf, startSystem, type System } from './system.ts';

/** A cluster counts as lost after this much, so that a test need not wait for half a minute. */
const QUICK = { MOORING_UP_DISCOVERY_LOST_WINDOW: '1s', MOORING_UP_DISCOVERY_RETRY_MAX: '1s' };

const PODS = 1_000;

/** What `limited` may read. */
const LIMITED: readonly Kind[] = ['Namespace', 'Pod'];

/** A figure for whoever reads the run. */
const say = (line: string): void => void process.stdout.write(`  ${line}\n`);

describe('a real control plane with 1,000 pods', () => {
  let folder: TemporaryFolder;
  let cluster: KubeCluster;
  let system: System;

  beforeAll(async () => {
    folder = await temporaryFolder();
    cluster = await startKubeCluster({ dataFolder: folder.path, nodes: 10, pods: PODS });
    system = await startSystem({ env: QUICK });
  }, 600_000);

  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  }, 60_000);

  const admin = async (method: string, path: string, body?: unknown): Promise<any> => {
    const answer = await cluster.users.admin.api.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  const mooringUids = (connectionId: string, kind: Kind) => uidsInMooring(system, connectionId, kind);
  const untilEqual = (connectionId: string, kinds: readonly Kind[] = KINDS): Promise<void> =>
    untilInventoryIs(system, connectionId, cluster, kinds);
  const untilKindsAre = (connectionId: string, stateOf: (kind: string) => string): Promise<void> =>
    untilKindStatesAre(system, connectionId, stateOf);

  const importAs = async (role: Role, context = `kube-cluster-${role}`): Promise<any> =>
    (await outcomesOf(system, await system.importKubeconfig(cluster.users[role].kubeconfig)))[context];

  const requestsOf = (role: Role) => auditedRequests(folder.path, role);

  it('is connected under the UID of kube-system within seconds, and everything in it is in the inventory', async () => {
    const startedMs = performance.now();
    expect(await importAs('viewer')).toMatchObject({ outcome: 'registered' });
    const connection = await connectionIn(system, 'kube-cluster-viewer', 'connected');
    const tookMs = Math.round(performance.now() - startedMs);
    say(`kubeconfig → connected with ${PODS} pods: ${tookMs} ms`);
    expect(tookMs).toBeLessThan(20_000);
    expect(connection).toMatchObject({ clusterUid: cluster.uid, clusterVersion: expect.stringMatching(/^v1\.\d+/) });
    // Connected means that the snapshot is complete, so nothing is waited for.
    expect(await mooringUids(connection.id, 'Pod')).toEqual(await uidsInCluster(cluster, 'Pod'));
    expect(await mooringUids(connection.id, 'Pod')).toHaveLength(PODS);
    await untilEqual(connection.id);
    await untilKindsAre(connection.id, () => 'watching');
  }, 60_000);

  it('follows what is created, changed and deleted, by its watches alone', async () => {
    const { id } = await connectionIn(system, 'kube-cluster-viewer', 'connected');
    const before = await requestsOf('viewer');

    const createdMs = performance.now();
    await admin('POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 'quay', labels: { tier: 'edge' } },
      spec: { selector: { app: 'quay' }, ports: [{ port: 80 }] },
    });
    await eventually(async () => {
      const { body } = await system.call('GET', `/api/resources?connectionId=${id}&kind=Service&label=tier%3Dedge`);
      expect(body.items).toMatchObject([{ name: 'quay', namespace: 'default' }]);
    });
    say(`a created service is in the answers of the API after ${Math.round(performance.now() - createdMs)} ms`);

    const scale = '/apis/apps/v1/namespaces/team-2/deployments/app-1/scale';
    const current = await admin('GET', scale);
    await admin('PUT', scale, { ...current, spec: { replicas: 40 } });
    await eventually(
      async () => {
        const { body } = await system.call('GET', `/api/resources?connectionId=${id}&kind=Pod&label=app%3Dapp-1`);
        expect(body.items).toHaveLength(40);
      },
      { timeoutMs: 20_000 },
    );

    await admin('DELETE', '/api/v1/namespaces/team-3');
    await eventually(
      async () => {
        for (const filter of ['namespace=team-3', 'kind=Namespace&name=team-3']) {
          const { body } = await system.call('GET', `/api/resources?connectionId=${id}&${filter}`);
          expect(body.items).toEqual([]);
        }
      },
      { timeoutMs: 40_000, intervalMs: 200 },
    );
    await untilEqual(id);

    const since = (await requestsOf('viewer')).slice(before.length);
    expect(since.filter(({ verb }) => verb === 'list')).toEqual([]);
  }, 90_000);

  it('keeps an account with fewer rights as an alternative, without losing sight of anything', async () => {
    const { id } = await connectionIn(system, 'kube-cluster-viewer', 'connected');
    expect(await importAs('limited')).toMatchObject({ outcome: 'superseded', connectionId: id });
    const connection = await connectionIn(system, 'kube-cluster-viewer', 'connected');
    expect(connection.credential.alternatives).toBe(1);
  }, 30_000);

  it('finds what was deleted while discovery was dead', async () => {
    const { id } = await connectionIn(system, 'kube-cluster-viewer', 'connected');
    const gone = (await mooringUids(id, 'Service')).length;
    process.kill(system.pidOf('discovery'), 'SIGKILL');
    const asked = (await requestsOf('viewer')).length;
    const pods = '/api/v1/namespaces/team-1/pods?gracePeriodSeconds=0&labelSelector=app%3Dapp-4';
    await Promise.all([admin('DELETE', pods), admin('DELETE', '/api/v1/namespaces/default/services/quay')]);
    // Nobody watched meanwhile, so no event told of it.
    expect(await requestsOf('viewer')).toHaveLength(asked);
    await eventually(async () => expect(await mooringUids(id, 'Service')).toHaveLength(gone - 1), {
      timeoutMs: 30_000,
    });
    await untilEqual(id);
    await untilKindsAre(id, () => 'watching');
    await connectionIn(system, 'kube-cluster-viewer', 'connected');
  }, 90_000);

  it('is disconnected with the cause while the API server is down, and connected again by itself', async () => {
    const { id } = await connectionIn(system, 'kube-cluster-viewer', 'connected');
    const { body: held } = await system.call('GET', `/api/clusters/${id}`);
    await cluster.stopApiServer();
    const gone = await connectionIn(system, 'kube-cluster-viewer', 'disconnected', 30_000);
    expect(gone.reason).toMatchObject({ code: 'connection-refused', suggestedRemediation: expect.any(String) });
    const { body: kept } = await system.call('GET', `/api/clusters/${gone.id}`);
    expect(kept).toMatchObject({ watch: 'away', reason: { code: 'connection-refused' } });
    expect(kept.objects).toBe(held.objects);
    await cluster.startApiServer();
    await connectionIn(system, 'kube-cluster-viewer', 'connected', 60_000);
    const { body } = await system.call('GET', `/api/connections/${gone.id}/history`);
    const back = body.items.slice(0, 3).map(({ type, by }: any) => `${type.split('.').at(-2)} by ${by}`);
    expect(back).toEqual(['connected by observation', 'registered by policy', 'discovered by observation']);
    await untilEqual(gone.id);
    await untilKindsAre(gone.id, () => 'watching');
  }, 120_000);

  it('refuses an account that may not read the UID, and one that nobody knows, each with its remedy', async () => {
    const nobody = await importAs('nobody');
    expect(nobody).toMatchObject({ outcome: 'refused', reason: { code: 'uid-unreadable' } });
    expect(nobody.reason.suggestedRemediation).toContain('kube-system');
    const { kubeconfig, token } = cluster.users.viewer;
    const wrong = kubeconfig.replace(token, 'a-token-of-nobody').replaceAll('kube-cluster-viewer', 'wrong-token');
    const outcomes = await outcomesOf(system, await system.importKubeconfig(wrong));
    expect(outcomes).toMatchObject({ 'wrong-token': { outcome: 'refused', reason: { code: 'unauthorized' } } });
    for (const name of ['kube-cluster-nobody', 'wrong-token']) {
      const connection = await connectionIn(system, name, 'disconnected');
      expect(connection).toMatchObject({ link: 'never' });
      expect(connection.clusterUid).toBeUndefined();
    }
    await connectionIn(system, 'kube-cluster-viewer', 'connected');
  }, 60_000);

  it('reports each kind that an account may not read, and has all of the others; a better account is used at once', async () => {
    const { id: first } = await connectionIn(system, 'kube-cluster-viewer', 'connected');
    expect((await system.call('POST', `/api/connections/${first}/delete`)).status).toBe(200);
    await eventually(async () => {
      expect((await system.call('GET', `/api/clusters/${first}`)).status).toBe(404);
      expect((await system.call('GET', `/api/resources?connectionId=${first}`)).body.items).toEqual([]);
    });

    expect(await importAs('limited')).toMatchObject({ outcome: 'registered' });
    const { id } = await connectionIn(system, 'kube-cluster-limited', 'connected');
    expect(id).not.toBe(first);
    await untilKindsAre(id, (kind) => ((LIMITED as readonly string[]).includes(kind) ? 'watching' : 'forbidden'));
    const { body } = await system.call('GET', `/api/clusters/${id}`);
    for (const { state, reason } of body.kinds)
      if (state === 'forbidden') expect(reason).toEqual(expect.stringContaining('403'));
    await untilEqual(id, LIMITED);
    for (const kind of KINDS.filter((kind) => !LIMITED.includes(kind))) expect(await mooringUids(id, kind)).toEqual([]);

    expect(await importAs('viewer')).toMatchObject({ outcome: 'superseded', connectionId: id });
    await untilKindsAre(id, () => 'watching');
    await untilEqual(id);
  }, 90_000);

  it('never asked for what nobody selected, and only read', async () => {
    for (const role of ['viewer', 'limited', 'nobody'] as const) {
      const requests = await requestsOf(role);
      const countOf = (verb: string): number => requests.filter((request) => request.verb === verb).length;
      say(`requests of ${role}: ${countOf('get')} get, ${countOf('list')} list, ${countOf('watch')} watch`);
      const resources = requests.flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
      expect(resources.length).toBeGreaterThan(0);
      for (const unselected of ['secrets', 'configmaps', 'events', 'leases'])
        expect(resources).not.toContain(unselected);
      expect(requests.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb))).toEqual([]);
    }
  });
});
