import { CONNECTION_ACTIONS, CONNECTION_SORTS } from '@mooring/contracts';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { eventually } from '@mooring/testing';
import { deliveredCredentials, keptCredentials, secretOf } from './backdoors.ts';
import { documentedCalls, walk, type DocumentedCall } from './documented.ts';
import { kubeconfigWith } from './kubeconfigs.ts';
import { connectionIn, outcomesOf, startSystem, type System } from './system.ts';

const QUICK = {
  MOORING_UP_DISCOVERY_LOST_WINDOW: '1s',
  MOORING_UP_DISCOVERY_RETRY_MIN: '100ms',
  MOORING_UP_DISCOVERY_RETRY_MAX: '500ms',
};

/** Section 4 of the design: which intents a state has an entry for. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  not_found: ['reconnect', 'delete'],
  discovered: ['register', 'ignore', 'delete'],
  registered: ['register', 'ignore', 'maintain', 'disconnect', 'delete'],
  connected: ['register', 'ignore', 'maintain', 'disconnect', 'delete'],
  ignored: ['register', 'ignore', 'delete'],
  maintenance: ['register', 'ignore', 'maintain', 'disconnect', 'delete'],
  disconnected: ['disconnect', 'reconnect', 'delete'],
  deleted: [],
};

/** What is offered leaves out what is so already; asking for that is no error either. */
const IS_SO: Readonly<Record<string, string>> = {
  registered: 'register',
  connected: 'register',
  ignored: 'ignore',
  maintenance: 'maintain',
};
const offered = ({ state, intent }: any): readonly string[] =>
  (ALLOWED[state] ?? []).filter(
    (one) => one !== (state === 'disconnected' && intent === 'none' ? 'disconnect' : IS_SO[state]),
  );

const shortType = (type: string): string => type.split('.').at(-2) ?? '';

describe('the API of connections', () => {
  let system: System;
  let cluster: SimulatedCluster;
  let call: DocumentedCall;
  let userId: string;

  const historyOf = async (id: string): Promise<readonly any[]> =>
    (await walk(call, `/api/connections/${id}/history`, 200)).toReversed();
  const command = (id: string, action: string, key?: string) =>
    call('POST', `/api/connections/${id}/${action}`, {
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
  /** Does what is asked for, and reads its own write. */
  const must = async (id: string, action: string): Promise<any> => {
    const { status, body } = await command(id, action);
    expect({ action, status, body }).toMatchObject({ status: 200 });
    const read = await call('GET', `/api/connections/${id}?atLeastRevision=${body.revision}`);
    expect(read.status).toBe(200);
    expect(BigInt(read.body.revision)).toBeGreaterThanOrEqual(BigInt(body.revision));
    return body;
  };
  /** Whatever the state does not allow is refused with what it does allow, and records nothing. */
  const refusesTheRest = async (id: string, state: string): Promise<void> => {
    const { body: view } = await call('GET', `/api/connections/${id}`);
    expect({ state: view.state, allowed: view.allowedActions }).toEqual({ state, allowed: offered(view) });
    for (const action of CONNECTION_ACTIONS.filter((one) => !ALLOWED[state]?.includes(one))) {
      const { status, body } = await command(id, action);
      expect([status, body]).toEqual([
        409,
        expect.objectContaining({ status: 409, state, command: action, allowedActions: offered(view) }),
      ]);
    }
    expect((await call('GET', `/api/connections/${id}`)).body.revision).toBe(view.revision);
  };

  beforeAll(async () => {
    cluster = await createSimulatedCluster({ name: 'quay', nodes: 1, pods: 2 });
    system = await startSystem({ env: QUICK });
    call = await documentedCalls(system);
    userId = secretOf(system, 'user.id');
  }, 120_000);

  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  }, 60_000);

  it('lists by every order, page by page, without a gap or a repeat where keys are equal', async () => {
    // The same names and states many times over, so that every order has ties.
    for (const port of [1, 2, 3]) {
      const names = ['alder', 'birch', 'cedar', 'dogwood'];
      const server = `https://127.0.0.1:${port}`;
      await outcomesOf(system, await system.importKubeconfig(kubeconfigWith(names.map((name) => ({ name, server })))));
    }
    for (const sort of CONNECTION_SORTS) {
      const whole = await walk(call, `/api/connections?sort=${sort}`, 200);
      const paged = await walk(call, `/api/connections?sort=${sort}`, 5);
      expect(whole).toHaveLength(12);
      expect(paged.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
      const key = sort.replace('-', '');
      const keys: string[] = whole.map((item) => item[key]);
      expect(keys).toEqual(sort.startsWith('-') ? keys.toSorted().toReversed() : keys.toSorted());
    }
    const up = await walk(call, '/api/connections?sort=state', 5);
    const down = await walk(call, '/api/connections?sort=-state', 5);
    expect(down.map(({ id }) => id)).toEqual(up.map(({ id }) => id).toReversed());
  }, 60_000);

  it('filters by state, intent, part of the name, import and cluster', async () => {
    const names = async (query: string): Promise<string[]> =>
      (await walk(call, `/api/connections?${query}`, 200)).map(({ name }) => name);
    expect(await names('name=ALD')).toEqual(['alder', 'alder', 'alder']);
    expect(await names('name=%25')).toEqual([]);
    expect(await names('state=not_found&name=birch')).toHaveLength(3);
    expect(await names('state=connected,maintenance')).toEqual([]);
    expect(await names('intent=ignored')).toEqual([]);
    expect(await names('clusterUid=none')).toEqual([]);
    const [first] = await walk(call, '/api/connections', 1);
    expect(await names(`importId=${first.importId}`)).toEqual(['alder', 'birch', 'cedar', 'dogwood']);
  });

  it('answers 400 to a cursor of another list or order, and to one that was tampered with', async () => {
    const cursorOf = async (path: string): Promise<string> => (await call('GET', path)).body.nextCursor;
    const foreign = await cursorOf('/api/connections?limit=1&sort=state');
    const made = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const [{ id }] = (await walk(call, '/api/connections', 1)) as [any];
    for (const path of [
      `/api/connections?sort=name&cursor=${foreign}`,
      `/api/connections?sort=changedAt&cursor=${foreign}`,
      `/api/imports?cursor=${foreign}`,
      `/api/events?cursor=${foreign}`,
      `/api/notifications?cursor=${foreign}`,
      `/api/resources?cursor=${foreign}`,
      `/api/connections/${id}/history?cursor=${foreign}`,
      '/api/connections?cursor=junk',
      `/api/connections?sort=changedAt&cursor=${made('connections asc changed_at', 'yesterday-ish', 'not-a-uuid')}`,
      `/api/connections?cursor=${made('connections asc name', 7, null)}`,
      `/api/connections?cursor=${made('connections asc name', 'a\u0000', id)}`,
      `/api/imports?cursor=${made('imports', 'x', 'y')}`,
      `/api/events?cursor=${made('events newest', 'x')}`,
      `/api/events?cursor=${made('events newest', '9'.repeat(40))}`,
      `/api/notifications?cursor=${made('notifications', 'x', 'y')}`,
      `/api/connections/${id}/history?cursor=${made(`history ${id}`, 'x')}`,
    ]) {
      const { status, headers, body } = await call('GET', path);
      expect({ path, status, body }).toMatchObject({ status: 400, body: { status: 400 } });
      expect(headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('leads a connection through its whole life, tells who decided what, and knows every earlier state', async () => {
    // Without its first snapshot a connection stays registered.
    cluster.faults.respond({ status: 503, verb: 'list', kind: 'Pod' });
    cluster.faults.respond({ status: 503, verb: 'watch', kind: 'Pod' });
    await system.importKubeconfig(cluster.kubeconfig);
    const { id, credential } = await connectionIn(system, 'quay', 'registered');
    await refusesTheRest(id, 'registered');
    cluster.faults.clear();
    await connectionIn(system, 'quay', 'connected');
    await refusesTheRest(id, 'connected');

    const again = await command(id, 'register');
    expect(again).toMatchObject({ status: 200, body: { state: 'connected', recorded: [] } });

    expect(await must(id, 'maintain')).toMatchObject({ state: 'maintenance' });
    await refusesTheRest(id, 'maintenance');
    // Its data still flows, so being managed again needs no new snapshot.
    expect(await must(id, 'register')).toMatchObject({ state: 'connected' });

    expect(await must(id, 'ignore')).toMatchObject({ state: 'ignored' });
    await refusesTheRest(id, 'ignored');
    expect((await command(id, 'ignore')).body.recorded).toEqual([]);
    await eventually(() => expect(cluster.openWatches).toBe(0));
    await must(id, 'register');
    await connectionIn(system, 'quay', 'connected');

    expect(await must(id, 'disconnect')).toMatchObject({ state: 'disconnected' });
    await refusesTheRest(id, 'disconnected');
    await eventually(() => expect(cluster.openWatches).toBe(0));
    expect((await command(id, 'disconnect')).body.recorded).toEqual([]);
    await must(id, 'reconnect');
    await connectionIn(system, 'quay', 'connected');

    expect(await keptCredentials(system)).toContain(credential.id);
    expect(await deliveredCredentials(system)).toContain(credential.id);
    expect(await must(id, 'delete')).toMatchObject({ state: 'deleted', allowedActions: [] });
    await refusesTheRest(id, 'deleted');
    await eventually(async () => {
      expect(await keptCredentials(system)).not.toContain(credential.id);
      expect(await deliveredCredentials(system)).not.toContain(credential.id);
      const { body } = await call('GET', `/api/resources?connectionId=${id}`);
      expect(body.items).toEqual([]);
    });

    const history = await historyOf(id);
    expect(history.map(({ revision }) => revision)).toEqual(history.map((_entry, index) => String(index)));
    expect(history.map(({ type, by }) => `${shortType(type)} by ${by}`)).toEqual([
      'entered by policy',
      'discovered by observation',
      'registered by policy',
      'connected by observation',
      'put_in_maintenance by person',
      'registered by person',
      'connected by policy',
      'ignored by person',
      'registered by person',
      'connected by observation',
      'disconnected by person',
      'requested by person',
      'discovered by observation',
      'registered by policy',
      'connected by observation',
      'deleted by person',
    ]);
    for (const entry of history) {
      expect(entry).toMatchObject({ summary: expect.stringMatching(/\S/), message: expect.stringMatching(/\S/) });
      expect(entry.traceId).toMatch(/^[0-9a-f]{32}$/);
      if (entry.by === 'person') expect(entry.userId).toBe(userId);
      const then = await call('GET', `/api/connections/${id}/state?revision=${entry.revision}`);
      expect(then.body).toMatchObject({ id, state: entry.state, revision: entry.revision });
      expect(then.body.allowedActions).toEqual(offered(then.body));
      const lastThen = history.findLast(({ at }) => at <= entry.at);
      const atThen = await call('GET', `/api/connections/${id}/state?at=${entry.at}`);
      expect(atThen.body).toMatchObject({ state: lastThen.state, revision: lastThen.revision });
    }
    expect((await call('GET', `/api/connections/${id}/state?at=2001-01-01T00:00:00Z`)).status).toBe(404);
    expect((await call('GET', `/api/connections/${id}/state?revision=0&at=2001-01-01T00:00:00Z`)).status).toBe(400);
  }, 90_000);

  it('makes a new connection of a cluster that is imported again after it was deleted', async () => {
    const { body: gone } = await call('GET', '/api/connections?state=deleted&name=quay');
    const outcomes = await outcomesOf(system, await system.importKubeconfig(cluster.kubeconfig));
    expect(outcomes).toMatchObject({ quay: { outcome: 'registered' } });
    const fresh = await connectionIn(system, 'quay', 'connected');
    expect(gone.items.map(({ id }: any) => id)).not.toContain(fresh.id);
    expect(fresh).toMatchObject({ clusterUid: cluster.uid, intent: 'registered', link: 'up' });
  }, 30_000);

  it('imports at once what was deleted a moment ago', async () => {
    const before = await connectionIn(system, 'quay', 'connected');
    await must(before.id, 'delete');
    const outcomes = await outcomesOf(system, await system.importKubeconfig(cluster.kubeconfig));
    expect(outcomes['quay'].connectionId).not.toBe(before.id);
    await connectionIn(system, 'quay', 'connected');
  }, 30_000);

  it('lets one win when several decide at once, and tells each what is so', async () => {
    const { id } = await connectionIn(system, 'quay', 'connected');
    const before = await historyOf(id);
    const asked = ['ignore', 'maintain', 'ignore', 'maintain', 'disconnect', 'maintain', 'register', 'ignore'];
    const answers = await Promise.all(asked.map((action) => command(id, action)));
    const recorded = answers.flatMap(({ status, body }, index) => {
      expect([200, 409]).toContain(status);
      if (status === 409) {
        expect(body).toMatchObject({ command: asked[index] });
        expect([offered({ ...body, intent: 'none' }), offered({ ...body, intent: 'registered' })]).toContainEqual(
          body.allowedActions,
        );
      }
      return status === 200 ? body.recorded : [];
    });
    const newest = answers.filter(({ status }) => status === 200).map(({ body }) => BigInt(body.revision));
    const last = newest.reduce((a, b) => (a > b ? a : b));
    await call('GET', `/api/connections/${id}?atLeastRevision=${last}`);
    const history = (await historyOf(id)).slice(before.length);
    const decided = history.filter(({ by }) => by === 'person');
    // Each thing that was answered as recorded is in the history, once.
    expect(decided.map(({ type }) => type).toSorted()).toEqual(recorded.toSorted());
    const decisions = (
      await Promise.all(decided.map(({ revision }) => call('GET', `/api/connections/${id}/state?revision=${revision}`)))
    ).map(({ body }) => body.decision);
    expect(decisions).toEqual(decisions.toSorted((a, b) => a - b));
  }, 30_000);

  it('answers a repeat with the same Idempotency-Key as it did the first time, and records nothing more', async () => {
    const { body: view } = await call('GET', '/api/connections?name=alder&limit=1');
    const { id } = view.items[0];
    const first = await command(id, 'reconnect', 'again-please');
    expect(first).toMatchObject({ status: 200, body: { recorded: [expect.stringContaining('probe.requested')] } });
    const repeats = await Promise.all([1, 2, 3].map(() => command(id, 'reconnect', 'again-please')));
    for (const { status, body } of repeats) expect([status, body]).toEqual([200, first.body]);
    // A key belongs to what was asked with it: another command is not mistaken for a repeat.
    const other = await command(id, 'delete', 'again-please');
    expect(other.body).toMatchObject({ state: 'deleted', recorded: [expect.stringContaining('deleted')] });
    const repeated = await command(id, 'delete', 'again-please');
    expect(repeated.body).toEqual(other.body);
    await call('GET', `/api/connections/${id}?atLeastRevision=${other.body.revision}`);
    const asked = (await historyOf(id)).filter(({ by }) => by === 'person').map(({ type }) => shortType(type));
    expect(asked).toEqual(['requested', 'deleted']);

    const submit = () =>
      call('POST', '/api/imports', {
        body: kubeconfigWith([{ name: 'elm' }, { name: 'fir', server: 'ftp://x' }]),
        headers: { 'content-type': 'application/yaml', 'idempotency-key': 'one-import' },
      });
    const [one, ...others] = await Promise.all([submit(), submit(), submit()]);
    // At the same time each has its own trace; whoever comes later is told of the one that was recorded.
    const withoutTrace = ({ body }: any) => ({ ...body, traceId: '' });
    for (const each of others) expect(withoutTrace(each)).toEqual(withoutTrace(one));
    await outcomesOf(system, one.body.id);
    const [later, latest] = [await submit(), await submit()];
    expect(withoutTrace(later)).toEqual(withoutTrace(one));
    expect(latest.body).toEqual(later.body);
    const { body } = await call('GET', '/api/connections?name=elm');
    expect(body.items).toHaveLength(1);
  }, 30_000);

  it('answers 412 when the revision asked for is not there', async () => {
    const { id } = (await call('GET', '/api/connections?name=birch&limit=1')).body.items[0];
    const { body: imports } = await call('GET', '/api/imports?limit=1');
    for (const path of [`/api/connections/${id}`, `/api/imports/${imports.items[0].id}`]) {
      const { status, body } = await call('GET', `${path}?atLeastRevision=999999`);
      expect([status, body.status]).toEqual([412, 412]);
    }
  });

  it('leads from a superseded connection to the one that stands for its cluster, with 308', async () => {
    const winner = (await call('GET', `/api/connections?clusterUid=${cluster.uid}`)).body.items[0];
    cluster.rotateToken('another-token');
    const renamed = cluster.kubeconfig.replaceAll('quay', 'wharf');
    const outcomes = await outcomesOf(system, await system.importKubeconfig(renamed));
    expect(outcomes).toMatchObject({ wharf: { outcome: 'superseded', connectionId: winner.id } });
    const loser = (await call('GET', '/api/connections?state=deleted&name=wharf')).body.items[0];
    expect(loser).toMatchObject({ supersededBy: winner.id });
    const answer = await call('GET', `/api/connections/${loser.id}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([308, `/api/connections/${winner.id}`]);
    expect((await historyOf(loser.id)).at(-1)).toMatchObject({ by: 'policy', reason: { code: 'superseded' } });
  }, 30_000);

  it('describes the rest of what it serves, too', async () => {
    for (const path of [
      '/api/clusters',
      '/api/resources?kind=Pod',
      '/api/events?limit=200',
      '/api/notifications',
      '/api/imports',
      '/api/asyncapi.json',
    ]) {
      expect([path, (await call('GET', path)).status]).toEqual([path, 200]);
    }
    const [event] = (await call('GET', '/api/events?limit=1')).body.items;
    expect((await call('GET', `/api/schemas/${event.event.type}`)).status).toBe(200);
    expect((await call('GET', '/api/schemas/io.meshery.nothing')).status).toBe(404);
    const [notification] = (await call('GET', '/api/notifications')).body.items;
    expect((await call('GET', `/api/notifications/${notification.id}`)).status).toBe(200);
    const seen = await call('POST', `/api/notifications/${notification.id}/acknowledge`);
    expect(seen).toMatchObject({ status: 200, body: { id: notification.id } });
    expect((await call('POST', `/api/notifications/${notification.id}/acknowledge`)).body.recorded).toEqual([]);
  });
});
