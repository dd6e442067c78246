import { delay, seededRandom } from '@mooring/kernel';
import { deploymentDraft, podDraft } from './objects.ts';
import { nameOf, type KubeObject, type ObjectStore } from './store.ts';

export interface ChurnOptions {
  /** More than 0; held over seconds, not from one change to the next. */
  readonly perSecond: number;
  /** The same seed makes the same changes in the same order. Default 1. */
  readonly seed?: number;
  readonly signal: AbortSignal;
}

export interface ChurnTally {
  readonly changes: number;
  readonly seconds: number;
}

/** Pods that come and go are called by number, and no more than this many are there at once: memory stays what it is. */
const COMING_AND_GOING = 50;
/** Of those that were there before, only these many change: each that did is kept in memory from then on. */
const CHANGING = 200;
const TICK_MS = 20;

interface Named {
  readonly namespace: string;
  readonly name: string;
}

const relabelled = (object: KubeObject, value: string): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: { ...(object.metadata['labels'] as object | undefined), 'churn.example/round': value },
  },
});

/**
 * Gives a function that makes one change: a pod comes, goes or gets another label, or a deployment scales. Which one follows from the
 * seed and from what the cluster holds at the start.
 */
export function createChurn(store: ObjectStore, seed: number): () => void {
  const random = seededRandom(seed);
  /** Without building what is lazy. */
  const namesOf = (type: string): readonly Named[] =>
    store
      .listed(type)
      .slice(0, CHANGING)
      .map(nameOf)
      .flatMap(({ namespace, name }) => (namespace === undefined ? [] : [{ namespace, name }]));
  const pods = namesOf('pods');
  const deployments = namesOf('deployments.apps');
  const homes = [...new Set(pods.map(({ namespace }) => namespace)), 'default'];
  const there: Named[] = [];
  let steps = 0;
  const oneOf = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)];

  const come = (): void => {
    const pod = { namespace: oneOf(homes) ?? 'default', name: `churn-${steps % (COMING_AND_GOING * 4)}` };
    if (store.get('pods', pod) !== undefined) return;
    store.upsert('pods', podDraft({ ...pod, app: 'churn', image: 'registry.example/churn:1', ip: '10.250.0.1' }));
    there.push(pod);
  };
  const go = (): void => {
    const [gone] = there.splice(Math.floor(random() * there.length), 1);
    if (gone !== undefined) store.remove('pods', gone);
  };
  const relabel = (): void => {
    const found = oneOf(pods);
    const object = found === undefined ? undefined : store.get('pods', found);
    if (object !== undefined) store.upsert('pods', relabelled(object, String(steps)));
  };
  const scale = (): void => {
    const found = oneOf(deployments);
    if (found === undefined) return;
    const replicas = 1 + (steps % 7);
    const shape = { ...found, image: `registry.example/${found.name}:1`, replicas, ready: replicas };
    store.upsert('deployments.apps', deploymentDraft(shape));
  };
  return () => {
    steps += 1;
    const before = store.version;
    const dice = random();
    if (there.length === 0 || (dice < 0.3 && there.length < COMING_AND_GOING)) come();
    else if (dice < 0.5) go();
    else if (dice < 0.8) relabel();
    else scale();
    // A step is a change: where the chosen one was not possible, a pod comes or goes.
    if (store.version === before) (there.length > 0 ? go : come)();
  };
}

/** Takes steps so that their number follows the clock, late ones made up for, until the signal aborts. */
export async function holdRate(
  { perSecond, signal }: Pick<ChurnOptions, 'perSecond' | 'signal'>,
  step: () => void,
): Promise<ChurnTally> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  let changes = 0;
  while (!signal.aborted) {
    for (const due = Math.floor(seconds() * perSecond); changes < due; changes += 1) step();
    await delay(TICK_MS, signal);
  }
  return { changes, seconds: seconds() };
}
