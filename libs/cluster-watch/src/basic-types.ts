import { groupResourceOf, type ResourceType } from './resource-type.ts';

const type = (
  kind: string,
  resource: string,
  group: string,
  namespaced: boolean,
  tier: ResourceType['tier'],
): ResourceType => ({
  ...{ groupResource: groupResourceOf(group, resource), group, version: 'v1', resource, kind, namespaced, tier },
  depth: 'record',
});

/** What every cluster has and nobody does without, in the order in which first states are asked for. */
export const BASIC_TYPES: readonly ResourceType[] = [
  type('Namespace', 'namespaces', '', false, 'workloads'),
  type('Node', 'nodes', '', false, 'workloads'),
  type('Deployment', 'deployments', 'apps', true, 'workloads'),
  type('StatefulSet', 'statefulsets', 'apps', true, 'workloads'),
  type('DaemonSet', 'daemonsets', 'apps', true, 'workloads'),
  type('Service', 'services', '', true, 'everything'),
  type('EndpointSlice', 'endpointslices', 'discovery.k8s.io', true, 'everything'),
  type('Pod', 'pods', '', true, 'everything'),
];
