import { createSimulatedCluster, oddDrafts, podDraft, type SimulatedCluster } from '../src/index.ts';
import { ask, open } from './ask.ts';

const PODS = '/api/v1/pods';
const NODES = '/api/v1/nodes';
const FROM_NOW = '?watch=1&allowWatchBookmarks=true';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const aPod = (name: string) => podDraft({ namespace: 'shop', name, app: 'x', image: 'x:1' });

interface List {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly { readonly metadata?: { readonly name: string; readonly resourceVersion: string } }[];
}

describe('what goes wrong on command', () => {
  let cluster: SimulatedCluster;
  beforeEach(async () => {
    cluster = await createSimulatedCluster({ name: 'faults', namespaces: ['shop'], nodes: 2, pods: 8, bookmarkMs: 50 });
  });
  afterEach(() => cluster[Symbol.asyncDispose]());
  const listed = async (path = PODS): Promise<List> => JSON.parse((await ask(cluster, path)).text) as List;

  it('a stream that is held says nothing while others go on, and everything in order when it is released', async () => {
    using pods = open(cluster, PODS + FROM_NOW);
    using nodes = open(cluster, NODES + FROM_NOW);
    await pods.until(({ text }) => text.includes('BOOKMARK'));
    cluster.faults.hold('pods');
    const before = pods.text.length;
    cluster.upsert('Pod', aPod('first'));
    cluster.upsert('Node', { ...cluster.list('Node')[0]!, metadata: { name: 'node-9' } });
    cluster.upsert('Pod', aPod('second'));
    await nodes.until(({ text }) => text.includes('node-9'));
    expect(pods.text).toHaveLength(before);
    cluster.faults.release('pods');
    await pods.until(({ text }) => /"first"[^]*"second"/.test(text));
  });

  it('an object that never ends comes to watches, open and new, and to lists, until it is cleared', async () => {
    using watch = open(cluster, PODS + FROM_NOW);
    await watch.until(({ text }) => text.includes('BOOKMARK'));
    cluster.faults.endlessObject('Pod');
    await watch.until(({ text }) => text.length > 1_000_000 && !text.endsWith('\n'));
    using list = open(cluster, PODS);
    await list.until(({ text }) => text.length > 1_000_000);
    cluster.faults.clear();
    await watch.until(({ ended }) => ended);
    expect((await listed()).items).toHaveLength(8);
  });

  it('a group whose server is away is stale in discovery and answers 503', async () => {
    cluster.installApi({
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      types: [{ plural: 'nodes', kind: 'NodeMetrics', namespaced: false }],
    });
    const freshness = async (): Promise<string | undefined> =>
      /"name":"metrics.k8s.io".*?"freshness":"(\w+)"/.exec((await ask(cluster, '/apis', AGGREGATED)).text)?.[1];
    expect(await freshness()).toBe('Current');
    cluster.faults.staleGroup('metrics.k8s.io');
    expect(await freshness()).toBe('Stale');
    expect((await ask(cluster, '/apis/metrics.k8s.io/v1beta1')).status).toBe(503);
    expect((await ask(cluster, '/apis/metrics.k8s.io/v1beta1/nodes')).status).toBe(503);
    expect((await ask(cluster, PODS)).status).toBe(200);
    cluster.faults.clear();
    expect(await freshness()).toBe('Current');
    cluster.uninstallApi('metrics.k8s.io');
    expect(await freshness()).toBeUndefined();
  });

  it.each([
    ['constant', /^1$/],
    ['falling', /^\d{13}$/],
    ['words', /^version-\d+$/],
  ] as const)('versions are lied about: %s', async (lie, looksLike) => {
    cluster.faults.lyingVersions = lie;
    const { metadata, items } = await listed();
    expect(metadata.resourceVersion).toMatch(looksLike);
    expect(items[0]?.metadata?.resourceVersion).toMatch(looksLike);
  });

  it('a list gives the same page for ever, under the same token or a fresh one', async () => {
    for (const kind of [true, 'fresh-tokens'] as const) {
      cluster.faults.endlessPages = kind;
      const first = await listed(`${PODS}?limit=3`);
      const second = await listed(`${PODS}?limit=3&continue=${first.metadata.continue}`);
      const third = await listed(`${PODS}?limit=3&continue=${second.metadata.continue}`);
      expect(third.items).toEqual(first.items);
      expect(third.metadata.continue === second.metadata.continue).toBe(kind === true);
    }
  });

  it('objects are answered as nobody would make them, and a clock is wrong', async () => {
    cluster.faults.mangle('pods', ({ kind, apiVersion }) => ({ kind, apiVersion }));
    expect((await listed()).items[0]?.metadata).toBeUndefined();
    cluster.faults.clear();
    cluster.faults.clockSkewMs = 86_400_000;
    const { headers } = await ask(cluster, PODS);
    expect(Date.parse(String(headers.date))).toBeGreaterThan(Date.now() + 80_000_000);
    cluster.upsert('Pod', aPod('tomorrow'));
    const made = cluster.get('Pod', { namespace: 'shop', name: 'tomorrow' })?.metadata.creationTimestamp;
    expect(Date.parse(made ?? '')).toBeGreaterThan(Date.now() + 80_000_000);
  });

  it('odd objects are held and given as they are', async () => {
    const drafts = oddDrafts('shop');
    for (const { draft } of drafts) cluster.upsert('Pod', draft);
    const { items } = await listed('/api/v1/namespaces/shop/pods');
    const names = items.map(({ metadata }) => metadata?.name);
    expect(names).toEqual(expect.arrayContaining(drafts.map(({ draft }) => draft.metadata.name)));
  });

  it('a wrong answer can be for one path alone', async () => {
    cluster.faults.respond({ status: 500, path: '/apis', times: 1 });
    expect((await ask(cluster, '/apis')).status).toBe(500);
    expect((await ask(cluster, '/apis')).status).toBe(200);
  });
});
