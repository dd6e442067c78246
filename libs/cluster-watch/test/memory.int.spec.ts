import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { accessOf } from './access-of.ts';
import type { WatcherOrder, WatcherReport } from './measured-watcher.ts';

const MB = 1_000_000;
const OBJECTS = 200_000;
const TIMING = { flushMinMs: 20, flushMaxMs: 40, backoffMinMs: 10, backoffMaxMs: 50 };
const THINGS = 'things.bad.example';

/** Watches in a process of its own, so that neither the simulation nor the tests count; one that hangs is ended with the test. */
async function measured(order: WatcherOrder): Promise<WatcherReport> {
  const child = fork(join(import.meta.dirname, 'measured-watcher.ts'), {
    execArgv: ['--conditions=development', '--expose-gc', '--disable-warning=ExperimentalWarning'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const stopping = new AbortController();
  try {
    child.send(order);
    const [report] = (await Promise.race([
      once(child, 'message', { signal: stopping.signal }),
      once(child, 'exit', { signal: stopping.signal }).then(([code]) => {
        throw new Error(`the watcher ended with ${String(code)}`);
      }),
    ])) as [WatcherReport];
    return report;
  } finally {
    stopping.abort();
    child.kill('SIGKILL');
  }
}

describe('memory', () => {
  let cluster: SimulatedCluster;
  beforeAll(async () => {
    cluster = await createSimulatedCluster({ name: 'memory', namespaces: ['shop'], nodes: 1, pods: 1 });
    cluster.installType({ group: 'bad.example', kind: 'Thing', plural: 'things', versions: ['v1'] });
  });
  afterEach(() => cluster.faults.clear());
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** One page with all of them, 40 MB, as a server sends it that ignores `limit`. */
  const answerMany = (type: string, itemOf: (index: number) => object): void => {
    const metadata = { resourceVersion: cluster.list('pods')[0]!.metadata.resourceVersion };
    const items = Array.from({ length: OBJECTS }, (_none, index) => JSON.stringify(itemOf(index)));
    const body = `{"kind":"List","metadata":${JSON.stringify(metadata)},"items":[${items.join(',')}]}`;
    expect(body.length).toBeGreaterThan(40 * MB);
    cluster.faults.respond({ status: 200, kind: type, verb: 'list', body, times: 1 });
  };
  const padding = 'x'.repeat(120);
  const anObject = (index: number) => ({
    metadata: { uid: `a0b1c2d3-0000-4000-8000-${index}`, namespace: 'shop', name: `p-${index}`, labels: { padding } },
  });
  const watching = (type: string, limits: WatcherOrder['options']['limits'] = {}): WatcherOrder => ({
    ...{ type, state: 'watching' },
    options: {
      ...{ access: accessOf(cluster), timing: TIMING, firstState: 'paged', limits },
      selection: { kinds: { include: [type] } },
    },
  });

  it('of a list of 200,000 objects that a limit leaves out is that of a few of them: less than 8 MB', async () => {
    answerMany('pods', anObject);
    const { status, objects, grownBytesMax } = await measured(watching('pods', { objectsMax: 1000 }));
    expect([objects, status.leftOut]).toEqual([1000, OBJECTS - 1000]);
    expect(grownBytesMax).toBeLessThan(8 * MB);
  }, 60_000);

  it('of a list of 200,000 that cannot be understood likewise: 1,000 of them are known by name', async () => {
    answerMany('pods', (index) => ({ kind: 'Secret', ...anObject(index) }));
    const { status, objects, grownBytesMax } = await measured(watching('pods'));
    expect([objects, status.leftOut]).toEqual([0, OBJECTS]);
    expect(grownBytesMax).toBeLessThan(8 * MB);
  }, 60_000);

  it('of 200,000 objects that are held is less than 200 bytes each, beside these 8 MB', async () => {
    answerMany(THINGS, anObject);
    const { objects, changes, grownBytesMax } = await measured(watching(THINGS));
    expect([objects, changes]).toEqual([OBJECTS, OBJECTS]);
    expect(grownBytesMax).toBeLessThan(8 * MB + 200 * OBJECTS);
  }, 60_000);

  it.each(['streamed-if-served', 'paged'] as const)(
    'of an object without an end is less than three times what one may have (%s)',
    async (firstState) => {
      cluster.faults.endlessObject('pods');
      const { options, type } = watching('pods');
      const { status, grownBytesMax } = await measured({ options: { ...options, firstState }, type, state: 'failing' });
      expect(status.reason).toMatch(/of more than \d+ bytes/);
      expect(grownBytesMax).toBeLessThan(3 * 4 * 1024 ** 2);
    },
    60_000,
  );
});
