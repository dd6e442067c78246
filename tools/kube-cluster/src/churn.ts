import { delay } from '@mooring/kernel';
import type { KubeApi } from './kube-api.ts';

export interface ChurnOptions {
  /** More than 0; held over seconds, not from one write to the next. */
  readonly perSecond: number;
  /** The same seed writes the same things in the same order. Default 1. */
  readonly seed?: number;
  readonly signal: AbortSignal;
}

export interface ChurnTally {
  /** Writes that the API server accepted: each is one change or, where controllers react, some more. */
  readonly writes: number;
  /** Those it refused, or did not answer. */
  readonly failed: number;
  readonly seconds: number;
}

const NAMESPACE = 'churn';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const TICK_MS = 20;
/** Pods that come and go: no more than these are there at once. */
const PODS_MAX = 50;
/** A server that is slow is not asked for more at a time. */
const UNANSWERED_MAX = 50;

/** A generator of pseudo-random whole numbers below `bound` (a linear congruential one): the same seed gives the same row. */
function seededNumbers(seed: number): (bound: number) => number {
  let state = BigInt.asUintN(64, BigInt(seed) * 2n + 1n);
  return (bound) => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number((state >> 33n) % BigInt(bound));
  };
}

interface Write {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

const podNamed = (name: string): object => ({
  metadata: { name, labels: { app: 'churn' } },
  spec: { containers: [{ name: 'main', image: 'registry.test/churn:1.0.0' }] },
});

interface Deployment {
  readonly path: string;
  readonly replicas: number;
}

/** What is written next: a pod comes, goes or gets another label, a Deployment gets another label or, one time in ten, a size near its first. */
function createWrites(deployments: readonly Deployment[], seed: number): () => Write {
  const number = seededNumbers(seed);
  const there: string[] = [];
  let made = 0;
  const label = (path: string): Write => ({
    method: 'PATCH',
    path,
    body: { metadata: { labels: { 'churn.test/round': String(number(1_000_000)) } } },
  });
  return () => {
    const dice = number(10);
    const deployment = deployments[number(Math.max(1, deployments.length))];
    if (there.length === 0 || (dice < 3 && there.length < PODS_MAX)) {
      made += 1;
      const name = `churn-${seed}-${made}`;
      there.push(name);
      return { method: 'POST', path: PODS, body: podNamed(name) };
    }
    if (dice < 6) {
      const [name = ''] = there.splice(number(there.length), 1);
      return { method: 'DELETE', path: `${PODS}/${name}` };
    }
    if (dice < 8 || deployment === undefined) return label(`${PODS}/${there[number(there.length)] ?? ''}`);
    if (dice < 9) return label(deployment.path);
    const replicas = Math.max(1, deployment.replicas - 2 + number(5));
    return { method: 'PATCH', path: deployment.path, body: { spec: { replicas } } };
  };
}

interface DeploymentList {
  readonly items?: readonly {
    readonly metadata: { readonly namespace: string; readonly name: string };
    readonly spec: { readonly replicas: number };
  }[];
}

/** How many Deployments take part: the others stay as they are, and with them the number of pods. */
const DEPLOYMENTS_MAX = 20;

/** `api` is asked before each write, since tokens and certificates change. Writes `perSecond` times a second, making up for what was late, until the signal aborts; resolves when all is answered. */
export async function churn(api: () => KubeApi, { perSecond, seed = 1, signal }: ChurnOptions): Promise<ChurnTally> {
  await api().create('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  const { body } = await api().call('GET', `/apis/apps/v1/deployments?limit=${DEPLOYMENTS_MAX}`);
  const deployments = ((body as DeploymentList).items ?? []).map(({ metadata: { namespace, name }, spec }) => ({
    path: `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`,
    replicas: spec.replicas,
  }));
  const next = createWrites(deployments, seed);
  const unanswered = new Set<Promise<void>>();
  let writes = 0;
  let failed = 0;
  const write = async (): Promise<void> => {
    const { method, path, body: content } = next();
    const status = await api()
      .call(method, path, content)
      .then(
        (answer) => answer.status,
        () => 0,
      );
    if (status >= 200 && status < 300) writes += 1;
    else failed += 1;
  };
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  let begun = 0;
  while (!signal.aborted) {
    for (const due = Math.floor(seconds() * perSecond); begun < due && unanswered.size < UNANSWERED_MAX; begun += 1) {
      const writing = write().finally(() => unanswered.delete(writing));
      unanswered.add(writing);
    }
    await delay(TICK_MS, signal);
  }
  await Promise.all(unanswered);
  return { writes, failed, seconds: seconds() };
}
