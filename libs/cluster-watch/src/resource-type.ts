/** How a type of resource is named, as kubectl does: `pods`, `deployments.apps`, `gateways.gateway.networking.k8s.io`. Unique in a cluster. */
export type GroupResource = string;

/** How complete what the sink has is: who the cluster is; its namespaces, nodes and workloads; everything selected. */
export type Tier = 'identity' | 'workloads' | 'everything';

/** A type of resource that a cluster serves, in the version that it prefers. */
export interface ResourceType {
  readonly groupResource: GroupResource;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural name in paths, e.g. `deployments`. */
  readonly resource: string;
  /** E.g. `Deployment`. Two groups may have the same one. */
  readonly kind: string;
  readonly namespaced: boolean;
  readonly tier: Exclude<Tier, 'identity'>;
  /** Whether objects are read whole and kept as a record of their own, or only their metadata is asked for and kept. */
  readonly depth: 'record' | 'metadata';
}

export const groupResourceOf = (group: string, resource: string): GroupResource =>
  group === '' ? resource : `${resource}.${group}`;

/** `v1`, `apps/v1`. */
export const apiVersionOf = ({ group, version }: Pick<ResourceType, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;

/** Path of the collection, over all namespaces or in one, e.g. `/apis/apps/v1/deployments`. */
export function collectionPathOf({ group, version, resource }: ResourceType, namespace?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const home = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${home}/${resource}`;
}
