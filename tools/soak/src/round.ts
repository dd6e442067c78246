import { delay, Failure, isFailure, messageOf } from '@mooring/kernel';
import { collectionsRead, describeLists, type ServerLists } from '@mooring/kube-cluster';
import { until, type Random } from '@mooring/testing';
import { describeDifferences, differences } from './check/compare.ts';
import { readCluster, type ClusterContent } from './check/read-cluster.ts';
import { listsBetween, readMetrics } from './cluster/server-metrics.ts';
import { resumes, type Fault } from './faults/fault.ts';
import { inject } from './faults/inject.ts';
import { troubleOf } from './system/connection.ts';
import type { World } from './world.ts';

export interface RoundResult {
  /** From the end of the fault to everything being followed and a new object being in the inventory. */
  readonly recoveredMs: number | undefined;
  /** From the last change to the inventory being equal to the cluster. */
  readonly equalMs: number | undefined;
  readonly objects: number;
  /** Whole collections that the product had read, as lists or as streams: in recovery, and outside of it, where none may be. */
  readonly lists: { readonly outside: number; readonly recovering: number };
  /** Collections that the API server gave to anybody while it was calm, by its own metrics. */
  readonly metrics: ServerLists;
  readonly findings: readonly string[];
}

export interface RoundOptions {
  readonly world: World;
  readonly fault: Fault;
  readonly random: Random;
  /** From one fault to the next. */
  readonly everyMs: number;
  readonly number: number;
}

const RECOVERY_TIMEOUT_MS = 120_000;
/** Controllers finish what was begun, and the last change travels. */
const EQUAL_TIMEOUT_MS = 60_000;
/** After a fault the control plane's own parts look around too. */
const CALM_MS = 3_000;
const TROUBLES_MAX = 8;
/** The share of a round that passes before its fault. */
const CALM_SHARE_MIN = 0.25;
const CALM_SHARE_SPREAD = 0.15;

/** Changes, a fault in the middle of them, recovery, quiet, and the comparison of the inventory with the cluster. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { world, fault, random, everyMs } = options;
  const startedAt = performance.now();
  const findings: string[] = [];
  const orFinding = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      if (!isFailure(thrown)) throw thrown;
      findings.push(messageOf(thrown));
      return undefined;
    }
  };
  const { calm, recoveredMs } = await whileChanging(world, async () => {
    const seen = await lookWhileCalm(world, everyMs * (CALM_SHARE_MIN + random.next() * CALM_SHARE_SPREAD));
    await inject(fault, world);
    return { calm: seen, recoveredMs: await orFinding(() => untilRecovered(options)) };
  });
  if (calm.metrics.size > 0)
    findings.push(`the API server answered lists while nothing was wrong: ${describeLists(calm.metrics)}`);
  const quietAt = performance.now();
  const content = await orFinding(() => untilEqual(world));
  const equalMs = content === undefined ? undefined : performance.now() - quietAt;
  const recovering = await collectionsRead(world.audit);
  await delay(Math.max(CALM_MS, everyMs - (performance.now() - startedAt)));
  const outside = [...calm.listed, ...(await collectionsRead(world.audit))];
  if (outside.length > 0) findings.push(`the product read ${outside.join(', ')} anew while nothing was wrong`);
  if (resumes(fault) && recovering.length > 0)
    findings.push(`the product read ${recovering.join(', ')} anew where it can go on from where it was`);
  return {
    recoveredMs,
    equalMs,
    objects: content?.objects.size ?? 0,
    lists: { outside: outside.length, recovering: recovering.length },
    metrics: calm.metrics,
    findings: [
      ...findings,
      ...world.follower.troubles.slice(0, TROUBLES_MAX),
      ...(world.installation.ended === undefined ? [] : [world.installation.ended]),
    ],
  };
}

/** Does something while the cluster changes. */
async function whileChanging<T>({ churn }: World, work: () => Promise<T>): Promise<T> {
  const changing = new AbortController();
  const running = churn.run(changing.signal);
  try {
    return await work();
  } finally {
    changing.abort();
    await running;
  }
}

interface Calm {
  /** Collections that the product had read. */
  readonly listed: readonly string[];
  /** Lists by anybody. */
  readonly metrics: ServerLists;
}

/** What is listed in a time in which nothing is wrong. */
async function lookWhileCalm(world: World, forMs: number): Promise<Calm> {
  await world.audit.more();
  const before = await readMetrics(world.cluster);
  await delay(forMs);
  const metrics = listsBetween(before, await readMetrics(world.cluster)) ?? new Map();
  return { listed: await collectionsRead(world.audit), metrics };
}

/** What is followed says so, and a new object is seen: saying alone proves nothing. */
async function untilRecovered({ world, number }: RoundOptions): Promise<number> {
  const { installation, connectionId, cluster, inventory } = world;
  const endedAt = performance.now();
  const mark = `soak-round-${number}`;
  let last = '';
  await until(
    'the cluster to be followed again',
    async () => {
      await cluster.users.admin.api.create('/api/v1/namespaces/default/services', {
        metadata: { name: mark },
        spec: { selector: { app: mark }, ports: [{ port: 80 }] },
      });
      last = await troubleOf(installation, connectionId);
      if (last === '' && !(await inventory.has(connectionId, mark))) last = `${mark} is not in the inventory`;
      return last === '';
    },
    { timeoutMs: RECOVERY_TIMEOUT_MS, everyMs: 100, lastWords: () => last },
  );
  return performance.now() - endedAt;
}

/** What is not as it must be right now, in words; empty when nothing is. */
async function unequal(world: World, content: ClusterContent): Promise<string> {
  const known = await world.inventory.objects(world.connectionId);
  const found = differences(content.objects, known);
  if (found.length > 0)
    return `the inventory differs from the cluster in ${found.length} objects:\n    ${describeDifferences(found)}`;
  const { objects } = world.follower;
  const told = new Map([...objects].map(([uid, hash]) => [uid, { name: known.get(uid)?.name ?? 'object', hash }]));
  const untold = differences(known, told);
  return untold.length === 0
    ? ''
    : `the stream of changes differs from the inventory in ${untold.length} objects:\n    ${describeDifferences(untold)}`;
}

/**
 * Looks until cluster, inventory and what the stream of changes says of it are equal. The cluster is read again each time: its
 * controllers may still be at work.
 */
export async function untilEqual(world: World): Promise<ClusterContent> {
  const deadlineAt = performance.now() + EQUAL_TIMEOUT_MS;
  for (;;) {
    const content = await readCluster(world.access);
    const found = await unequal(world, content);
    if (found === '') return content;
    if (performance.now() > deadlineAt) throw new Failure('timeout', found);
    await delay(500);
  }
}
