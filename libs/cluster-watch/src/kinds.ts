export type ResourceKind =
  'Namespace' | 'Node' | 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Service' | 'EndpointSlice' | 'Pod';

/** How complete what the sink has is: who the cluster is; its namespaces, nodes and workloads; everything selected. */
export type Tier = 'identity' | 'workloads' | 'everything';

export interface WatchedKind {
  readonly kind: ResourceKind;
  readonly apiVersion: string;
  /** Path of the collection over all namespaces, e.g. `/apis/apps/v1/deployments`. */
  readonly path: string;
  readonly tier: Exclude<Tier, 'identity'>;
}

/** Every kind this library reads, in the order in which first states are asked for. Secrets and config maps are not among them. */
export const WATCHED_KINDS: readonly WatchedKind[] = [
  { kind: 'Namespace', apiVersion: 'v1', path: '/api/v1/namespaces', tier: 'workloads' },
  { kind: 'Node', apiVersion: 'v1', path: '/api/v1/nodes', tier: 'workloads' },
  { kind: 'Deployment', apiVersion: 'apps/v1', path: '/apis/apps/v1/deployments', tier: 'workloads' },
  { kind: 'StatefulSet', apiVersion: 'apps/v1', path: '/apis/apps/v1/statefulsets', tier: 'workloads' },
  { kind: 'DaemonSet', apiVersion: 'apps/v1', path: '/apis/apps/v1/daemonsets', tier: 'workloads' },
  { kind: 'Service', apiVersion: 'v1', path: '/api/v1/services', tier: 'everything' },
  {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    path: '/apis/discovery.k8s.io/v1/endpointslices',
    tier: 'everything',
  },
  { kind: 'Pod', apiVersion: 'v1', path: '/api/v1/pods', tier: 'everything' },
];
