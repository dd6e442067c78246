import { eventually } from '@mooring/testing';
import { createSimulatedCluster, deploymentDraft, type SimulatedCluster } from '@mooring/kube-sim';
import { connectionIn, outcomesOf, startSystem, type System } from './system.ts';

/** A cluster counts as lost after this much, so that a test need not wait for half a minute. */
const QUICK = { MOORING_UP_DISCOVERY_LOST_WINDOW: '1s', MOORING_UP_DISCOVERY_RETRY_MAX: '1s' };

describe('the path from a kubeconfig to a connected cluster', () => {
  let system: System;
  let cluster: SimulatedCluster;

  beforeAll(async () => {
    cluster = await createSimulatedCluster({ name: 'harbour', nodes: 2, pods: 20 });
    system = await startSystem({ env: QUICK });
  }, 120_000);

  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  }, 60_000);

  it('registers a reachable context under the UID of kube-system, and calls it connected once its first snapshot is complete', async () => {
    const importId = await system.importKubeconfig(cluster.kubeconfig);
    expect(await outcomesOf(system, importId)).toMatchObject({ harbour: { outcome: 'registered' } });
    const connection = await connectionIn(system, 'harbour', 'connected');
    expect(connection).toMatchObject({ clusterUid: cluster.uid, intent: 'registered', link: 'up' });

    const { body } = await system.call('GET', `/api/connections/${connection.id}/history`);
    const types = body.items.map(({ type }: { type: string }) => type.split('.').at(-2)).reverse();
    expect(types).toEqual(['entered', 'discovered', 'registered', 'connected']);
    // The snapshot, which came from discovery, is what connected came from. (The log has each aggregate in order, not one before the other.)
    const [connected] = body.items;
    await eventually(async () => {
      const log = await system.call('GET', `/api/events?correlationId=${connected.correlationId}&order=oldest`);
      const events: any[] = log.body.items.map(({ event }: any) => event);
      const snapshot = events.find(({ type }) => type.includes('snapshot.completed'));
      const linked = events.find(({ type }) => type.includes('connection.connected'));
      expect([snapshot?.id, linked?.causationid]).toEqual([expect.any(String), snapshot?.id]);
    });
  }, 60_000);

  it('answers what the cluster holds, by kind, namespace, name and label, page by page', async () => {
    const { id } = await connectionIn(system, 'harbour', 'connected');
    cluster.upsert(
      'Deployment',
      deploymentDraft({ namespace: 'default', name: 'crane', image: 'crane:1', replicas: 2, ready: 2 }),
    );
    const found = await eventually(async () => {
      const { body } = await system.call(
        'GET',
        `/api/resources?connectionId=${id}&kind=Deployment&namespace=default&label=app%3Dcrane`,
      );
      expect(body.items.map(({ name }: any) => name)).toEqual(['crane']);
      return body.items[0];
    });
    expect(found).toMatchObject({ kind: 'Deployment', clusterUid: cluster.uid, labels: { app: 'crane' } });
    const names: string[] = [];
    let cursor = '';
    do {
      const { body } = await system.call('GET', `/api/resources?connectionId=${id}&kind=Pod&limit=7${cursor}`);
      names.push(...body.items.map(({ uid }: any) => uid));
      cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(cluster.list('Pod').length);
    cluster.remove('Deployment', { namespace: 'default', name: 'crane' });
    await eventually(async () => {
      const { body } = await system.call('GET', `/api/resources?connectionId=${id}&kind=Deployment&name=crane`);
      expect(body.items).toEqual([]);
    });
  }, 60_000);

  it('says disconnected with the cause when the cluster goes away, tells a person once, and comes back by itself', async () => {
    await cluster.stop();
    const gone = await connectionIn(system, 'harbour', 'disconnected', 60_000);
    expect(gone.reason).toMatchObject({ code: 'connection-refused' });
    expect(gone.reason.suggestedRemediation).toBeTruthy();
    const notification = await eventually(async () => {
      const { body } = await system.call('GET', `/api/notifications?actedUpon=${gone.id}`);
      expect(body.items).toHaveLength(1);
      expect(body.items[0]).toMatchObject({ status: 'open', count: 1, severityNumber: 3 });
      return body.items[0];
    });
    await cluster.start();
    await connectionIn(system, 'harbour', 'connected', 60_000);
    const { body } = await system.call('GET', `/api/connections/${gone.id}/history`);
    const back = body.items.slice(0, 3).map(({ type, by }: any) => `${type.split('.').at(-2)} by ${by}`);
    expect(back).toEqual(['connected by observation', 'registered by policy', 'discovered by observation']);
    await eventually(async () => {
      const resolved = await system.call('GET', `/api/notifications/${notification.id}`);
      expect(resolved.body.status).toBe('resolved');
    });
  }, 120_000);

  it('accounts for every context, also those that cannot be used or reached', async () => {
    const broken = `
apiVersion: v1
kind: Config
clusters:
- {name: nowhere, cluster: {server: "https://127.0.0.1:1"}}
- {name: plain, cluster: {server: "http://example.test"}}
users:
- {name: me, user: {token: abc}}
- {name: program, user: {exec: {command: whoami, apiVersion: client.authentication.k8s.io/v1}}}
contexts:
- {name: unreachable, context: {cluster: nowhere, user: me}}
- {name: unprotected, context: {cluster: plain, user: me}}
- {name: program, context: {cluster: nowhere, user: program}}
- {name: incomplete, context: {cluster: nowhere}}
`;
    const outcomes = await outcomesOf(system, await system.importKubeconfig(broken));
    expect(outcomes).toMatchObject({
      unreachable: { outcome: 'unreachable', reason: { code: 'connection-refused' } },
      unprotected: { outcome: 'invalid', reason: { code: 'field-not-allowed' } },
      program: { outcome: 'invalid', reason: { message: expect.stringContaining('whoami') } },
      incomplete: { outcome: 'invalid', reason: { code: 'user-missing' } },
    });
    const connection = await connectionIn(system, 'unreachable', 'not_found');
    expect(connection.reason.suggestedRemediation).toBeTruthy();
  }, 60_000);

  it('keeps one connection for one cluster, whatever context or credential it comes by', async () => {
    const { id } = await connectionIn(system, 'harbour', 'connected');
    const again = await outcomesOf(system, await system.importKubeconfig(cluster.kubeconfig));
    expect(again).toMatchObject({ harbour: { outcome: 'known', connectionId: id } });

    cluster.rotateToken('another-token-for-the-same-cluster');
    const renamed = cluster.kubeconfig.replaceAll('harbour', 'renamed');
    const outcomes = await outcomesOf(system, await system.importKubeconfig(renamed));
    expect(outcomes).toMatchObject({ renamed: { outcome: 'superseded', connectionId: id } });
    await connectionIn(system, 'harbour', 'connected', 60_000);
    const { body } = await system.call('GET', `/api/connections?clusterUid=${cluster.uid}`);
    expect(body.items.map((item: any) => item.id)).toEqual([id]);
    expect(body.items[0].credential.alternatives).toBe(1);
    const loser = await system.call('GET', `/api/connections?state=deleted&name=renamed`);
    const redirect = await system.call('GET', `/api/connections/${loser.body.items[0].id}`);
    expect([redirect.status, redirect.headers.get('location')]).toEqual([308, `/api/connections/${id}`]);
  }, 90_000);

  it('goes on where it stopped', async () => {
    const before = await connectionIn(system, 'harbour', 'connected');
    expect(await system.stop()).toBe(0);
    await system.start();
    const after = await connectionIn(system, 'harbour', 'connected');
    expect(after.id).toBe(before.id);
    const { body } = await system.call('GET', `/api/connections/${before.id}/state?revision=0`);
    expect(body).toMatchObject({ state: 'not_found', reason: { code: 'probing' } });
  }, 120_000);
});
