import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { openDatabase, type Database } from '@mooring/read-model';
import type { InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { sql } from 'kysely';
import type { DiscoveryDatabase } from '../src/adapters/tables.ts';
import { connect, startWorld, type World } from './world.ts';

/** The bounds of the interval between batches are 50 and 250 ms; the time to write a batch comes on top. */
const CLOSE_MS = 150;
const NORMAL_MS = 220;
/** Batches that are measured at a time. */
const BATCHES = 8;
const CHANGES_PER_TICK = 16;
const TICK_MS = 20;
const WAIT = { timeoutMs: 60_000 };

let world: World;
let db: Database<DiscoveryDatabase>;
let watching: InProcessService;
let cluster: SimulatedCluster;
let connectionId: string;
let changes: NodeJS.Timeout;

beforeAll(async () => {
  world = await startWorld();
  db = openDatabase<DiscoveryDatabase>({ url: world.databaseUrl, poolMax: 1 });
  watching = await world.startDiscovery({ kinds: ['pods'] });
  cluster = await createSimulatedCluster({ name: 'busy', namespaces: ['shop'], nodes: 1, pods: 300 });
  connectionId = await connect(world, cluster);
  changes = keepChanging();
}, 60_000);

afterAll(async () => {
  clearInterval(changes);
  await watching[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 60_000);

/** Eight hundred changes a second: more than the 500 at which batches come as rarely as they may. */
function keepChanging(): NodeJS.Timeout {
  const pods = cluster.list('Pod');
  let at = 0;
  return setInterval(() => {
    for (let index = 0; index < CHANGES_PER_TICK; index += 1, at += 1) {
      const pod = pods[at % pods.length]!;
      const labels = { app: 'web', change: String(at) };
      cluster.upsert('Pod', { ...pod, metadata: { ...pod.metadata, labels } });
    }
  }, TICK_MS);
}

const batches = async (): Promise<number> => {
  const text = String((await watching.call('GET', '/metrics')).body);
  return Number(/^mooring_inventory_apply_seconds_count\S* (\d+)$/m.exec(text)?.[1]);
};

/** How far apart batches are now, in milliseconds: over several of them. */
async function intervalMs(): Promise<number> {
  const first = await batches();
  const startedMs = performance.now();
  let count = 0;
  await eventually(async () => (count = (await batches()) - first) >= BATCHES, WAIT);
  return (performance.now() - startedMs) / count;
}

/** Asks an instance that watches nothing, since all shards are taken; what it writes down is written when it has stopped. */
async function ask(...paths: readonly string[]): Promise<void> {
  await using asked = await world.startDiscovery({ kinds: ['pods'] });
  for (const path of paths) expect((await asked.call('GET', path)).status).toBe(200);
}

const isViewed = async (): Promise<boolean> =>
  (await db.selectFrom('desired_connection').select('viewed_at').executeTakeFirstOrThrow()).viewed_at !== null;

describe('a cluster with many changes a second', () => {
  it('is followed in the shortest interval while somebody looks at it, whichever instance is asked, and no longer', async () => {
    await ask('/api/clusters', '/api/resources?limit=1', '/api/resources/facets?by=type');
    expect(await isViewed()).toBe(false);
    await eventually(async () => expect(await intervalMs()).toBeGreaterThan(NORMAL_MS), WAIT);

    const { uid } = cluster.list('Pod')[0]!.metadata;
    const looks = [
      `/api/clusters/${connectionId.toUpperCase()}`,
      `/api/resources?connectionId=${connectionId}&limit=1`,
      `/api/resources/facets?connectionId=${connectionId.toUpperCase()}`,
      `/api/resources/${connectionId.toUpperCase()}/${uid}`,
    ];
    for (const path of looks) {
      await ask(path);
      await eventually(async () => expect(await intervalMs()).toBeLessThan(CLOSE_MS), WAIT);
      // As if so much time had passed.
      await sql`update desired_connection set viewed_at = viewed_at - interval '20 s'`.execute(db);
      await eventually(async () => expect(await intervalMs()).toBeGreaterThan(NORMAL_MS), WAIT);
    }
  }, 240_000);
});
