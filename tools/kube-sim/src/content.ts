import {
  daemonSetDraft,
  deploymentDraft,
  endpointSliceDraft,
  namespaceDraft,
  nodeDraft,
  podDraft,
  serviceDraft,
  statefulSetDraft,
  type WorkloadShape,
} from './objects.ts';
import type { KubeObject, ObjectStore } from './store.ts';

export interface ContentOptions {
  /** Beside kube-system and default. Default: none. */
  readonly namespaces?: readonly string[];
  /** Default 1. */
  readonly nodes?: number;
  /** Over all workloads. Default 0. */
  readonly pods?: number;
}

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
}

const NAMES = ['web', 'api', 'cart', 'search', 'mail', 'billing', 'ledger', 'images', 'auth', 'queue', 'report'];
const POD_SUFFIX = ['x7k2p', 'q9m4d', 'b5t8z', 'h3w6n', 'r2c9v', 'j8f5s', 'n4g7l', 'v6d3k', 'z2p9m', 'k5s8w'];
const REPLICAS_USUAL = 4;

const DRAFTS = {
  Deployment: deploymentDraft,
  StatefulSet: statefulSetDraft,
  DaemonSet: daemonSetDraft,
} satisfies Record<WorkloadKind, (shape: WorkloadShape) => object>;

/** Workloads that together have exactly `pods` pods; the same arguments give the same ones. */
export function plannedWorkloads(namespaces: readonly string[], pods: number, nodes: number): readonly Workload[] {
  const workloads: Workload[] = [];
  const agents = pods > REPLICAS_USUAL ? Math.min(nodes, Math.floor(pods / 2)) : 0;
  if (agents > 0)
    workloads.push({
      kind: 'DaemonSet',
      namespace: 'kube-system',
      name: 'node-agent',
      image: 'registry.example/node-agent:2.1.0',
      replicas: agents,
    });
  for (let left = pods - agents, index = 0; left > 0; index += 1) {
    const replicas = Math.min(left, REPLICAS_USUAL);
    const word = NAMES[index % NAMES.length] ?? 'app';
    const round = Math.floor(index / NAMES.length);
    workloads.push({
      kind: index % 6 === 5 ? 'StatefulSet' : 'Deployment',
      namespace: namespaces[index % namespaces.length] ?? 'default',
      name: round === 0 ? word : `${word}-${round}`,
      image: `registry.example/${word}:1.${round}.0`,
      replicas,
    });
    left -= replicas;
  }
  return workloads;
}

export const podName = ({ kind, name }: Workload, ordinal: number): string => {
  if (kind === 'StatefulSet') return `${name}-${ordinal}`;
  const suffix = POD_SUFFIX[ordinal % POD_SUFFIX.length] ?? 'aaaaa';
  const round = Math.floor(ordinal / POD_SUFFIX.length);
  return `${name}-${kind === 'Deployment' ? '6c9f7d5b48-' : ''}${suffix}${round === 0 ? '' : round}`;
};

/** An address that follows from where the object is, so that two runs give the same one. */
const addressOf = (second: number, index: number): string =>
  `10.${second}.${Math.floor(index / 250) % 250}.${(index % 250) + 1}`;

/** Brings the pods, the endpoints and the counts of a workload in line with `workload.replicas`; pods whose names are not in `notIn` wait as pending. */
export function reconcileWorkload(
  store: ObjectStore,
  workload: Workload,
  pending: { readonly notIn?: ReadonlySet<string> } = {},
): void {
  const { namespace, name, image, replicas, kind } = workload;
  const nodes = store.list('Node');
  const draft = (ready: number): KubeObject =>
    store.upsert(kind, DRAFTS[kind]({ namespace, name, image, replicas, ready }));
  const known = store.get(kind, { namespace, name });
  const { apiVersion, metadata } = known ?? draft(0);
  const owner = { apiVersion, kind, name, uid: metadata.uid };
  const wanted = Array.from({ length: replicas }, (_, ordinal) => podName(workload, ordinal));
  const present = (known === undefined ? [] : store.list('Pod', namespace)).filter((pod) =>
    JSON.stringify(pod.metadata['ownerReferences'] ?? '').includes(metadata.uid),
  );
  for (const pod of present) if (!wanted.includes(pod.metadata.name)) store.remove('Pod', pod.metadata);
  const endpoints = wanted.map((podNamed, ordinal) => {
    const seed = Number.parseInt(metadata.uid.slice(0, 3), 16) * 16 + ordinal;
    const node = nodes[seed % Math.max(nodes.length, 1)]?.metadata.name;
    const ready = pending.notIn?.has(podNamed) ?? true;
    const ip = addressOf(244, seed);
    const shape = { namespace, name: podNamed, app: name, image, ip, owner, phase: ready ? 'Running' : 'Pending' };
    const before = present.find((pod) => pod.metadata.name === podNamed);
    const phase = (before?.['status'] as { phase?: string } | undefined)?.phase;
    const pod =
      before === undefined || phase !== shape.phase
        ? store.upsert('Pod', podDraft(node === undefined ? shape : { ...shape, node }))
        : before;
    return { ip, ready, pod: pod.metadata };
  });
  draft(endpoints.filter(({ ready }) => ready).length);
  if (kind !== 'DaemonSet') store.upsert('EndpointSlice', endpointSliceDraft({ namespace, name }, endpoints));
}

/** Where the workloads are that are not the cluster's own. */
export const homesOf = ({ namespaces = [] }: ContentOptions): readonly string[] =>
  namespaces.length === 0 ? ['default'] : namespaces;

/** Fills an empty store: namespaces, nodes, workloads with pods, services and endpoints, one secret and one config map. */
export function fillCluster(store: ObjectStore, content: ContentOptions): void {
  const { namespaces = [], nodes = 1, pods = 0 } = content;
  for (const name of ['default', 'kube-system', ...namespaces]) store.upsert('Namespace', namespaceDraft(name));
  const started = new Date();
  for (let index = 0; index < nodes; index += 1) store.upsert('Node', nodeDraft(`node-${index + 1}`, index, started));
  plannedWorkloads(homesOf(content), pods, nodes).forEach((workload, index) => {
    if (workload.kind !== 'DaemonSet') store.upsert('Service', serviceDraft(workload, addressOf(96, index)));
    reconcileWorkload(store, workload);
  });
  store.upsert('Secret', {
    metadata: { namespace: 'default', name: 'do-not-read' },
    type: 'Opaque',
    data: { value: Buffer.from('a value that nobody may read').toString('base64') },
  });
  store.upsert('ConfigMap', {
    metadata: { namespace: 'default', name: 'do-not-read' },
    data: { value: 'nobody reads this' },
  });
}
