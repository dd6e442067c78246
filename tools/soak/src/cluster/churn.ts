import { delay } from '@mooring/kernel';
import type { KubeApi, KubeCluster } from '@mooring/kube-cluster';
import type { Random } from '@mooring/testing';

/** Changes a cluster all the time, and never looks at what it lists: its own requests must not be taken for ours. */
export interface Churn {
  /** Makes changes, evenly, until the signal aborts; resolves when the last one was answered. Never rejects: the cluster may be away. */
  run(signal: AbortSignal): Promise<void>;
  /** Accepted by the API server so far. */
  readonly changes: number;
}

interface Named {
  readonly namespace: string;
  readonly name: string;
}

interface Scale {
  readonly spec?: { readonly replicas?: number };
}

const REPLICAS_MAX = 40;
const OWN_MAX = 40;
const IN_FLIGHT_MAX = 16;

const deploymentPath = ({ namespace, name }: Named): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
const servicePath = ({ namespace, name }: Named): string => `/api/v1/namespaces/${namespace}/services/${name}`;
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** `deployments` are those that the cluster was filled with; at least one. */
export function createChurn(
  cluster: KubeCluster,
  deployments: readonly Named[],
  random: Random,
  perSecond: number,
): Churn {
  // Asked for each time: tokens and certificates change.
  const api = (): KubeApi => cluster.users.admin.api;
  const own: { readonly services: Named[]; readonly deployments: Named[] } = { services: [], deployments: [] };
  let changes = 0;
  let serial = 0;
  const send = async (method: string, path: string, body?: unknown): Promise<boolean> => {
    const { status } = await api().call(method, path, body);
    if (status < 300) changes += 1;
    return status < 300;
  };
  const newName = (what: string): Named => {
    serial += 1;
    return { namespace: random.pick(deployments).namespace, name: `churn-${what}-${serial}` };
  };
  const takeOne = (from: Named[]): Named | undefined => from.splice(random.below(from.length), 1)[0];

  const scale = async (): Promise<void> => {
    const path = `${deploymentPath(random.pick(deployments))}/scale`;
    const step = random.pick([-3, -2, -1, 1, 2, 3]);
    const current = await read<Scale>(api(), path);
    if (current === undefined) return;
    const replicas = Math.min(REPLICAS_MAX, Math.max(1, (current.spec?.replicas ?? 1) + step));
    await send('PUT', path, { ...current, spec: { replicas } });
  };
  const rollOut = async (): Promise<void> => {
    const path = deploymentPath(random.pick(deployments));
    serial += 1;
    const image = `registry.test/app:1.0.${serial}`;
    const current = await read<{ spec: { template: { spec: { containers: readonly object[] } } } }>(api(), path);
    if (current === undefined) return;
    const { spec } = current;
    const containers = spec.template.spec.containers.map((container) => ({ ...container, image }));
    const template = { ...spec.template, spec: { ...spec.template.spec, containers } };
    await send('PUT', path, { ...current, spec: { ...spec, template } });
  };
  const service = async (): Promise<void> => {
    if (own.services.length > 0 && (own.services.length >= OWN_MAX || random.chance(0.4))) {
      const gone = takeOne(own.services);
      if (gone !== undefined) await send('DELETE', servicePath(gone));
      return;
    }
    const fresh = newName('service');
    const object = {
      metadata: { name: fresh.name, labels: { by: 'churn' } },
      spec: { selector: { app: fresh.name }, ports: [{ port: 80 }] },
    };
    if (await send('POST', parentOf(servicePath(fresh)), object)) own.services.push(fresh);
  };
  const deployment = async (): Promise<void> => {
    if (own.deployments.length > 0 && (own.deployments.length >= OWN_MAX || random.chance(0.5))) {
      const gone = takeOne(own.deployments);
      if (gone !== undefined) await send('DELETE', deploymentPath(gone), { propagationPolicy: 'Background' });
      return;
    }
    const fresh = newName('app');
    const labels = { app: fresh.name };
    const containers = [{ name: 'app', image: 'registry.test/app:1.0.0' }];
    const spec = {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    };
    if (await send('POST', parentOf(deploymentPath(fresh)), { metadata: { name: fresh.name, labels }, spec }))
      own.deployments.push(fresh);
  };
  const namespace = async (): Promise<void> => {
    serial += 1;
    await send('POST', '/api/v1/namespaces', { metadata: { name: `churn-${serial}`, labels: { by: 'churn' } } });
  };
  /** By how often: one in sixteen is a roll-out, which replaces every pod of its deployment. */
  const kinds = [
    ...Array.from({ length: 7 }, () => scale),
    ...Array.from({ length: 4 }, () => service),
    ...Array.from({ length: 3 }, () => deployment),
    rollOut,
    namespace,
  ];

  return {
    get changes() {
      return changes;
    },
    async run(signal) {
      const running = new Set<Promise<void>>();
      while (!signal.aborted) {
        // What the cluster does not take is not made up for.
        const change = random
          .pick(kinds)()
          .catch(() => undefined)
          .finally(() => running.delete(change));
        running.add(change);
        if (running.size >= IN_FLIGHT_MAX) await Promise.race(running);
        await delay(1_000 / perSecond, signal);
      }
      await Promise.all(running);
    },
  };
}

async function read<T>(api: KubeApi, path: string): Promise<T | undefined> {
  const { status, body } = await api.call('GET', path);
  return status === 200 ? (body as T) : undefined;
}
