import { createClusterKeys, createSimulatedCluster, kubeconfigOf, type SimulatedCluster } from '@mooring/kube-sim';
import { eventually } from '@mooring/testing';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { documentedCalls, walk, type DocumentedCall } from './documented.ts';
import { kubeconfigWith, NOWHERE } from './kubeconfigs.ts';
import { connectionIn, outcomesOf, startSystem, type System } from './system.ts';

const QUICK = {
  MOORING_UP_DISCOVERY_LOST_WINDOW: '1s',
  MOORING_UP_DISCOVERY_LOOK_TIMEOUT: '1s',
  MOORING_UP_DISCOVERY_RETRY_MIN: '100ms',
  MOORING_UP_DISCOVERY_RETRY_MAX: '500ms',
  MOORING_UP_DISCOVERY_REFUSED_RETRY_MIN: '100ms',
  MOORING_UP_DISCOVERY_REFUSED_RETRY_MAX: '200ms',
  MOORING_UP_DISCOVERY_REFUSED_RETRIES: '2',
};
const MIB = 1024 * 1024;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('bad input', () => {
  let system: System;
  let call: DocumentedCall;
  const open: AsyncDisposable[] = [];

  const cluster = async (name: string, options = {}): Promise<SimulatedCluster> => {
    const made = await createSimulatedCluster({ name, nodes: 1, pods: 2, ...options });
    open.push(made);
    return made;
  };
  const upload = (body: string, headers: Record<string, string> = {}) =>
    call('POST', '/api/imports', { body, headers: { 'content-type': 'application/yaml', ...headers } });
  const expectProblem = (answer: any, status: number, what: unknown): void => {
    expect([what, answer.status, answer.body]).toEqual([
      what,
      status,
      expect.objectContaining({ status, title: expect.stringMatching(/\S/), type: expect.stringMatching(/\S/) }),
    ]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  };

  beforeAll(async () => {
    system = await startSystem({ env: QUICK });
    call = await documentedCalls(system);
  }, 120_000);

  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    for (const one of open) await one[Symbol.asyncDispose]();
  }, 60_000);

  describe('in a kubeconfig', () => {
    it.each([
      ['no YAML', '{ contexts: [', 400, 'not-yaml', '/'],
      ['a text', 'hello', 400, 'not-a-kubeconfig', '/'],
      ['a list', '- a', 400, 'not-a-kubeconfig', '/'],
      ['bytes', '\u0000\u0001', 400, undefined, '/'],
      ['another kind', 'kind: Pod\ncontexts: []', 400, 'not-a-kubeconfig', 'kind'],
      ['no contexts', 'kind: Config', 400, 'no-contexts', 'contexts'],
      ['contexts that are no list', 'contexts: 7', 400, 'not-a-kubeconfig', 'contexts'],
      ['a context without a name', 'contexts: [{context: {}}]', 400, 'not-a-kubeconfig', 'contexts[0].name'],
      ['a name no database takes', 'contexts: [{name: "a\\0b"}]', 400, 'not-a-kubeconfig', 'contexts[0].name'],
      ['half a character as a name', 'contexts: [{name: "\\ud800"}]', 400, 'not-a-kubeconfig', 'contexts[0].name'],
    ])('that is %s: says what and where', async (what, text, status, code, field) => {
      const answer = await upload(text);
      expectProblem(answer, status, what);
      if (code !== undefined) expect(answer.body.type).toContain(code);
      expect(answer.body.errors).toEqual([{ pointer: field, detail: answer.body.detail }]);
    });

    it('gives each wrong context its own outcome, naming the field, and goes on with the good one', async () => {
      const good = await cluster('good');
      const { keys } = good;
      const document = JSON.parse(good.kubeconfig);
      const add = (name: string, clusterPart: object, user: object, context: object = {}): void => {
        document.clusters.push({ name, cluster: { server: NOWHERE, ...clusterPart } });
        document.users.push({ name, user });
        document.contexts.push({ name, context: { cluster: name, user: name, ...context } });
      };
      const me = { token: 'me' };
      add('no-cluster', {}, me, { cluster: undefined });
      add('no-user', {}, me, { user: undefined });
      add('unknown-cluster', {}, me, { cluster: 'none' });
      add('twice', {}, me);
      document.clusters.push({ name: 'twice', cluster: { server: 'https://other.test' } });
      add('plain', { server: 'http://127.0.0.1:1' }, me);
      add('program', {}, { exec: { command: 'whoami', apiVersion: 'client.authentication.k8s.io/v1' } });
      add('token-file', {}, { tokenFile: '/etc/passwd' });
      add('ca-file', { 'certificate-authority': '/etc/passwd' }, me);
      add('key-file', {}, { 'client-certificate': '/a', 'client-key': '/b' });
      add('bad-ca', { 'certificate-authority-data': base64('-----BEGIN CERTIFICATE-----\nnot one') }, me);
      add('bad-cert', {}, { 'client-certificate-data': 'AAAA', 'client-key-data': 'AAAA' });
      add('half', {}, { 'client-certificate-data': base64(keys.client.certPem) });
      add('proxy', { 'proxy-url': 'http://127.0.0.1:2' }, me);
      add('metadata', { server: 'https://169.254.169.254' }, me);
      add('no-address', { server: undefined }, me);
      add('typed', {}, { token: 7 });
      document.contexts.push({ name: 'good', context: { cluster: 'good', user: 'good' } });

      const { status, body } = await upload(JSON.stringify(document));
      expect(status).toBe(202);
      const outcomes = await outcomesOf(system, body.id);
      const good_ = outcomes['good'];
      expect(good_).toMatchObject({ outcome: 'registered' });
      await connectionIn(system, 'good', 'connected');
      const expected: Record<string, [string, string]> = {
        'no-cluster': ['cluster-missing', 'contexts[no-cluster].context.cluster'],
        'no-user': ['user-missing', 'contexts[no-user].context.user'],
        'unknown-cluster': ['cluster-missing', '"none"'],
        twice: ['duplicate-cluster', '"twice"'],
        plain: ['field-not-allowed', 'clusters[plain].cluster.server'],
        program: ['field-not-allowed', 'whoami'],
        'token-file': ['field-not-allowed', 'users[token-file].user.tokenFile'],
        'ca-file': ['field-not-allowed', 'clusters[ca-file].cluster.certificate-authority'],
        'key-file': ['field-not-allowed', 'users[key-file].user.client-certificate'],
        'bad-ca': ['certificate-unreadable', 'clusters[bad-ca].cluster.certificate-authority-data'],
        'bad-cert': ['certificate-unreadable', 'users[bad-cert].user.client-certificate-data'],
        half: ['certificate-unreadable', 'users[half].user.client-key-data'],
        proxy: ['field-not-allowed', 'proxy'],
        metadata: ['field-not-allowed', 'clusters[metadata].cluster.server'],
        'no-address': ['address-invalid', 'clusters[no-address].cluster.server'],
        typed: ['field-invalid', 'users[typed].user.token'],
        'good (2)': ['duplicate-context', '"good"'],
      };
      for (const [name, [code, words]] of Object.entries(expected)) {
        expect([name, outcomes[name]]).toEqual([
          name,
          expect.objectContaining({
            outcome: 'invalid',
            reason: expect.objectContaining({
              code,
              message: expect.stringContaining(words),
              suggestedRemediation: expect.stringMatching(/\S/),
            }),
          }),
        ]);
        expect(outcomes[name]).not.toHaveProperty('connectionId');
      }
      expect(Object.keys(outcomes)).toHaveLength(Object.keys(expected).length + 1);
    }, 30_000);

    it('takes 5 MiB and not a byte more, and 1,000 contexts and not one more', async () => {
      const small = kubeconfigWith([{ name: 'padded' }]);
      const full = `${small}\n#${'x'.repeat(5 * MIB - small.length - 2)}`;
      expect(Buffer.byteLength(full)).toBe(5 * MIB);
      expect((await upload(full)).status).toBe(202);
      expectProblem(await upload(`${full}x`), 413, 'one byte more');
      const many = Array.from({ length: 1_001 }, (_none, index) => ({ name: `c${index}` }));
      expectProblem(await upload(kubeconfigWith(many)), 413, 'one context more');
    }, 30_000);

    it('keeps a credential that is too large for the bus to its own context', async () => {
      const { body } = await upload(
        kubeconfigWith([{ name: 'huge', user: { token: 'x'.repeat(3 * MIB) } }, { name: 'beside-huge' }]),
      );
      expect(await outcomesOf(system, body.id)).toMatchObject({
        huge: { outcome: 'invalid', reason: { code: 'credential-too-large' } },
        'beside-huge': { outcome: 'unreachable' },
      });
    }, 30_000);
  });

  describe('from a cluster', () => {
    const mute = async (): Promise<{ server: Server; url: string }> => {
      // Takes connections and says nothing.
      const server = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(server, 'listening');
      open.push({ [Symbol.asyncDispose]: () => Promise.resolve(void server.close()) });
      const address = server.address();
      return { server, url: `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` };
    };

    it('each trouble has its state, its reason and its remedy, and holds up nobody', async () => {
      const [fine, stranger, forbidding, partial, stalling] = (await Promise.all(
        ['fine', 'stranger', 'forbidding', 'partial', 'stalling'].map((name) => cluster(name)),
      )) as [SimulatedCluster, SimulatedCluster, SimulatedCluster, SimulatedCluster, SimulatedCluster];
      const otherKeys = await createClusterKeys('other');
      const misnamed = await cluster('misnamed', { serverCertificate: { names: ['elsewhere.test'] } });
      const expired = await cluster('expired', { serverCertificate: { notAfter: new Date(Date.now() - 86_400_000) } });
      forbidding.faults.forbid('Namespace');
      partial.faults.forbid('Pod', 'Node');
      stalling.faults.stall();
      const entry = (one: SimulatedCluster, keys = one.keys, name = one.name) => ({ name, server: one.server, keys });
      const { url } = await mute();
      const document = JSON.parse(
        kubeconfigOf([
          ...[forbidding, partial, stalling, misnamed, expired].map((one) => entry(one)),
          entry(stranger, { ...stranger.keys, token: 'wrong' }),
          entry(fine, { ...fine.keys, caPem: otherKeys.caPem }, 'untrusted'),
          { name: 'nameless', server: 'https://nowhere.invalid:6443', keys: otherKeys },
          { name: 'refusing', server: NOWHERE, keys: otherKeys },
          { name: 'mute', server: url, keys: otherKeys },
          // Last, so that it would wait for all of them.
          entry(fine),
        ]),
      );
      const { body } = await upload(JSON.stringify(document));
      // The good ones do not wait for the others.
      await connectionIn(system, 'fine', 'connected');
      await connectionIn(system, 'partial', 'connected');
      const outcomes = await outcomesOf(system, body.id);
      const expected: Record<string, [outcome: string, state: string, code: string | RegExp]> = {
        nameless: ['unreachable', 'not_found', 'dns-failure'],
        refusing: ['unreachable', 'not_found', 'connection-refused'],
        mute: ['unreachable', 'not_found', /timeout|stalled/],
        stalling: ['unreachable', 'not_found', /timeout|stalled/],
        untrusted: ['refused', 'disconnected', 'tls-untrusted'],
        misnamed: ['refused', 'disconnected', 'tls-name-mismatch'],
        expired: ['refused', 'disconnected', 'tls-expired'],
        stranger: ['refused', 'disconnected', 'unauthorized'],
        forbidding: ['refused', 'disconnected', 'uid-unreadable'],
      };
      for (const [name, [outcome, state, code]] of Object.entries(expected)) {
        expect([name, outcomes[name]]).toEqual([name, expect.objectContaining({ outcome })]);
        const connection = await connectionIn(system, name, state);
        expect([name, connection.reason.code]).toEqual([name, expect.stringMatching(code)]);
        expect(connection.reason.suggestedRemediation).toMatch(/\S/);
      }

      // What may be read of the one that forbids two kinds is there; what may not is said so.
      const { id } = await connectionIn(system, 'partial', 'connected');
      const { body: listed } = await call('GET', '/api/clusters?limit=200');
      const shown = listed.items.find((item: any) => item.connectionId === id);
      const states = Object.fromEntries(shown.kinds.map((kind: any) => [kind.kind, kind.state]));
      expect(states).toMatchObject({ Pod: 'forbidden', Node: 'forbidden', Namespace: 'watching' });
      const namespaces = await walk(call, `/api/resources?connectionId=${id}&kind=Namespace`, 50);
      expect(namespaces).toHaveLength(partial.list('Namespace').length);
      expect(await walk(call, `/api/resources?connectionId=${id}&kind=Pod`, 50)).toEqual([]);

      // A refusal is tried again a bounded number of times.
      const asked = stranger.requests.count('get');
      await eventually(() => expect(stranger.requests.count('get')).toBeGreaterThanOrEqual(asked));
    }, 60_000);

    it('a version that no database takes poisons nothing', async () => {
      const strange = await cluster('strange', { gitVersion: 'v1.35.4\u0000\ud800' });
      await upload(strange.kubeconfig);
      await connectionIn(system, 'strange', 'connected');
      strange.upsert('Namespace', { metadata: { name: 'odd', labels: { a: '\u0000' }, annotations: { b: '\ud800' } } });
      strange.upsert('Namespace', { metadata: { name: 'even' } });
      const { id } = await connectionIn(system, 'strange', 'connected');
      await eventually(async () => {
        const names = (await walk(call, `/api/resources?connectionId=${id}&kind=Namespace`, 50)).map(
          ({ name }) => name,
        );
        expect(names).toContain('even');
      });
    }, 30_000);
  });

  describe('many times', () => {
    it('two contexts to one cluster, and the same kubeconfig twice at once, are one connection', async () => {
      const one = await cluster('one');
      const { keys, server } = one;
      const two = kubeconfigOf([
        { name: 'by-token', server, keys },
        { name: 'by-certificate', server, keys, auth: 'certificate' },
      ]);
      const uploads = await Promise.all([upload(two), upload(two), upload(two)]);
      const outcomes = await Promise.all(uploads.map(({ body }) => outcomesOf(system, body.id)));
      const { body } = await eventually(async () => {
        const found = await call('GET', `/api/connections?clusterUid=${one.uid}`);
        expect(found.body.items.map(({ state }: any) => state)).toEqual(['connected']);
        return found;
      });
      const [{ id }] = body.items;
      for (const each of outcomes.flatMap((given) => Object.values(given))) {
        expect(['registered', 'known', 'superseded']).toContain(each.outcome);
        const { status, headers } = await call('GET', `/api/connections/${each.connectionId}`);
        expect(status === 308 ? headers.get('location') : `/api/connections/${each.connectionId}`).toBe(
          `/api/connections/${id}`,
        );
      }
    }, 30_000);

    it('a cluster first unreachable that turns out to be one already known is that one', async () => {
      const known = await cluster('known');
      await upload(known.kubeconfig);
      const { id } = await connectionIn(system, 'known', 'connected');
      // The same cluster by another door, which is shut at first.
      const door = await cluster('door', { uid: known.uid, keys: known.keys });
      await door.stop();
      await upload(kubeconfigOf([{ name: 'shut', server: door.server, keys: { ...door.keys, token: 'by-the-door' } }]));
      await connectionIn(system, 'shut', 'not_found');
      door.rotateToken('by-the-door');
      await door.start();
      const gone = await eventually(
        async () => {
          const { body } = await call('GET', '/api/connections?state=deleted&name=shut');
          expect(body.items).toHaveLength(1);
          return body.items[0];
        },
        { timeoutMs: 15_000 },
      );
      expect(gone.supersededBy).toBe(id);
      await connectionIn(system, 'known', 'connected');
    }, 30_000);
  });

  describe('in a request', () => {
    const ID = '3d0d7b0e-0c76-4f6b-9d3f-2f6f6f0f0f0f';

    it.each([
      ['GET', '/api/connections/not-a-uuid', 400],
      ['GET', `/api/connections/${ID}`, 404],
      ['GET', `/api/connections/${ID}/history`, 404],
      ['GET', `/api/connections/${ID}/state`, 404],
      ['GET', `/api/connections/${ID}/state?at=yesterday`, 400],
      ['GET', `/api/connections/${ID}/state?at=2026-01-01T00:00:60Z`, 400],
      ['GET', `/api/connections/${ID}/state?revision=-1`, 400],
      ['GET', `/api/connections/${ID}?atLeastRevision=x`, 400],
      ['POST', `/api/connections/${ID}/register`, 404],
      ['POST', `/api/connections/${ID}/explode`, 400],
      ['GET', `/api/imports/${ID}`, 404],
      ['GET', '/api/imports/x', 400],
      ['GET', `/api/notifications/${ID}`, 404],
      ['POST', `/api/notifications/${ID}/acknowledge`, 404],
      ['GET', '/api/connections?state=sleeping', 400],
      ['GET', '/api/connections?sort=colour', 400],
      ['GET', '/api/connections?limit=0', 400],
      ['GET', '/api/connections?limit=100000', 400],
      ['GET', '/api/connections?limit=ten', 400],
      ['GET', '/api/connections?colour=red', 400],
      ['GET', '/api/connections?name=%00', 400],
      ['GET', '/api/connections?clusterUid=a%00', 400],
      ['GET', '/api/connections?importId=x', 400],
      ['GET', '/api/connections?cursor=AAAA', 400],
      ['GET', '/api/events?traceId=x', 400],
      ['GET', '/api/events?type=%00*', 400],
      ['GET', '/api/events?severityMax=9', 400],
      ['GET', '/api/notifications?status=lost', 400],
      ['GET', '/api/notifications?actedUpon=%00', 400],
      ['GET', '/api/resources?kind=No%20Kind', 400],
      ['GET', '/api/resources?type=Pods', 400],
      ['GET', '/api/resources?state=Nothing', 400],
      ['GET', '/api/resources?label=%00', 400],
      ['GET', '/api/resources?connectionId=x', 400],
    ])('%s %s is answered %d', async (method, path, status) => {
      expectProblem(await call(method, path), status, path);
    });

    it('of nothing that is served is answered 404 or 405, wherever it is', async () => {
      for (const [method, path] of [
        ['GET', '/api/nothing'],
        ['GET', '/api/connections/x/y/z'],
        ['DELETE', `/api/connections/${ID}`],
        ['PUT', '/api/imports'],
        ['GET', '/api/schemas/x%2Fy'],
      ] as const) {
        const answer = await system.call(method, path);
        expect([path, [400, 404, 405].includes(answer.status)]).toEqual([path, true]);
        expectProblem(answer, answer.status, path);
      }
    });

    it('with a body, type, origin, host or token that is wrong is answered so', async () => {
      expectProblem(await upload('a: b', { 'content-type': 'text/html' }), 415, 'media type');
      expectProblem(await upload(''), 400, 'no body');
      expectProblem(await upload('{', { 'content-type': 'application/json' }), 400, 'broken JSON');
      expectProblem(await upload('a: b', { 'idempotency-key': 'x'.repeat(300) }), 400, 'key');
      const raw = (headers: Record<string, string>) =>
        system.call('POST', '/api/imports', {
          body: 'a: b',
          headers: { 'content-type': 'application/yaml', ...headers },
        });
      expectProblem(await raw({ origin: 'https://evil.test' }), 403, 'origin');
      expectProblem(await raw({ 'sec-fetch-site': 'cross-site' }), 403, 'site');
      expectProblem(await raw({ authorization: 'Bearer wrong' }), 401, 'token');
      expectProblem(await raw({ authorization: '' }), 401, 'no token');
    });
  });

  // Last, since a thousand clusters keep the system busy for a while.
  it('accounts for each of 1,000 contexts', async () => {
    const many = Array.from({ length: 1_000 }, (_none, index) => ({
      name: `many-${index}`,
      server: `https://127.0.0.1:1/${index}`,
    }));
    const startedAt = performance.now();
    const { status, body } = await upload(kubeconfigWith(many));
    expect(status).toBe(202);
    const outcomes = await eventually(
      async () => {
        const { body: found } = await call('GET', `/api/imports/${body.id}`);
        const pending = found.contexts.filter(({ outcome }: any) => outcome === 'pending').length;
        expect([found.status, pending]).toEqual(['completed', 0]);
        return found.contexts;
      },
      // 40 to 60 s of both cores, and so many times that on a machine that has much else to do.
      { timeoutMs: 400_000, intervalMs: 500 },
    );
    console.info(`1,000 contexts were accounted for within ${Math.round((performance.now() - startedAt) / 1_000)} s`);
    expect(outcomes.map(({ context }: any) => context)).toEqual(many.map(({ name }) => name));
    expect(new Set(outcomes.map(({ outcome }: any) => outcome))).toEqual(new Set(['unreachable']));
    const listed = await walk(call, `/api/connections?importId=${body.id}&state=not_found`, 200);
    expect(listed).toHaveLength(1_000);
  }, 440_000);
});
