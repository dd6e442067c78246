import { delay } from '@mooring/kernel';
import { reconcileWorkload, type Workload } from './content.ts';
import { nodeDraft } from './objects.ts';
import type { ObjectStore } from './store.ts';

const PENDING_MS = 1500;
const REPLICAS_MAX = 6;
const HEARTBEAT_EVERY_STEPS = 3;

export interface LifeOptions {
  readonly store: ObjectStore;
  readonly workloads: readonly Workload[];
  readonly intervalMs: number;
  /** In [0, 1). With the same sequence, the same things happen. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

function heartbeat(store: ObjectStore): void {
  store.list('Node').forEach(({ metadata }, index) => {
    store.upsert('Node', nodeDraft(metadata.name, index, new Date()));
  });
}

const podsOf = (store: ObjectStore, { namespace, name }: Workload): ReadonlySet<string> =>
  new Set(
    store
      .list('Pod', namespace)
      .filter(({ metadata }) => (metadata['labels'] as { app?: string } | undefined)?.app === name)
      .map(({ metadata }) => metadata.name),
  );

/** Scales a workload, or replaces one of its pods; new pods are pending for a moment, as on a real cluster. */
async function disturb(options: LifeOptions, workload: Workload): Promise<Workload> {
  const { store, random, signal } = options;
  let next = workload;
  const before = new Set(podsOf(store, workload));
  if (random() < 0.5) {
    const up = workload.replicas <= 1 || (workload.replicas < REPLICAS_MAX && random() < 0.5);
    next = { ...workload, replicas: workload.replicas + (up ? 1 : -1) };
  } else {
    const [victim] = [...before].slice(Math.floor(random() * before.size));
    if (victim !== undefined) {
      store.remove('Pod', { namespace: workload.namespace, name: victim });
      before.delete(victim);
    }
  }
  // Whatever was not there before starts as pending.
  reconcileWorkload(store, next, { notIn: before });
  await delay(PENDING_MS, signal);
  reconcileWorkload(store, next);
  return next;
}

/** Lets deployments scale and pods come and go, one every `intervalMs`, until the signal aborts. */
export async function live(options: LifeOptions): Promise<void> {
  const { store, intervalMs, random, signal } = options;
  const workloads = options.workloads.filter(({ kind }) => kind === 'Deployment');
  for (let step = 1; !signal.aborted && workloads.length > 0; step += 1) {
    if (step % HEARTBEAT_EVERY_STEPS === 0) heartbeat(store);
    const index = Math.floor(random() * workloads.length);
    const chosen = workloads[index];
    if (chosen !== undefined) workloads[index] = await disturb(options, chosen);
    await delay(intervalMs, signal);
  }
}
