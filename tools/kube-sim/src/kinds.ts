export type KindName =
  | 'Namespace'
  | 'Node'
  | 'Pod'
  | 'Service'
  | 'Secret'
  | 'ConfigMap'
  | 'EndpointSlice'
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet';

export interface SimulatedKind {
  readonly kind: KindName;
  readonly plural: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
}

const kind = (
  name: KindName,
  plural: string,
  group: string,
  namespaced: boolean,
  ...shortNames: string[]
): SimulatedKind => ({ kind: name, plural, group, version: 'v1', namespaced, shortNames });

/** What the simulation serves. Secrets and config maps are there so that a test can prove that nobody reads them. */
export const SIMULATED_KINDS: readonly SimulatedKind[] = [
  kind('Namespace', 'namespaces', '', false, 'ns'),
  kind('Node', 'nodes', '', false, 'no'),
  kind('Pod', 'pods', '', true, 'po'),
  kind('Service', 'services', '', true, 'svc'),
  kind('Secret', 'secrets', '', true),
  kind('ConfigMap', 'configmaps', '', true, 'cm'),
  kind('EndpointSlice', 'endpointslices', 'discovery.k8s.io', true),
  kind('Deployment', 'deployments', 'apps', true, 'deploy'),
  kind('StatefulSet', 'statefulsets', 'apps', true, 'sts'),
  kind('DaemonSet', 'daemonsets', 'apps', true, 'ds'),
];

export const apiVersionOf = ({ group, version }: SimulatedKind): string =>
  group === '' ? version : `${group}/${version}`;

export function kindNamed(name: KindName): SimulatedKind {
  const found = SIMULATED_KINDS.find((each) => each.kind === name);
  if (found === undefined) throw new Error(`the simulation serves no kind ${name}`);
  return found;
}

/** `/api/v1` or `/apis/GROUP/VERSION`. */
export const basePathOf = ({ group, version }: SimulatedKind): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
