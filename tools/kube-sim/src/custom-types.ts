import type { KubeObject, ObjectDraft } from './store.ts';
import { groupResourceOf, type SimulatedType } from './types.ts';

export const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';
export const API_SERVICES = 'apiservices.apiregistration.k8s.io';

/** A type that a CRD defines. */
export interface CustomType {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  /** Served ones, that in which objects are stored first. */
  readonly versions: readonly [string, ...string[]];
  /** Default true. */
  readonly namespaced?: boolean;
  readonly shortNames?: readonly string[];
}

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const ANYTHING = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };

/** A CustomResourceDefinition as a real server accepts it, for objects of any shape, with the status that it would get. */
export function crdDraft({
  group,
  kind,
  plural,
  versions,
  namespaced = true,
  shortNames = [],
}: CustomType): ObjectDraft {
  const names = { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List`, shortNames };
  const condition = (type: string): object => ({ type, status: 'True', reason: 'Accepted', message: '' });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: versions.map((name, index) => ({ name, served: true, storage: index === 0, schema: ANYTHING })),
    },
    status: {
      acceptedNames: names,
      storedVersions: [versions[0]],
      conditions: [condition('NamesAccepted'), condition('Established')],
    },
  };
}

interface CrdSpec {
  readonly group?: string;
  readonly scope?: string;
  readonly names?: { readonly plural?: string; readonly kind?: string; readonly shortNames?: readonly string[] };
  readonly versions?: readonly { readonly name: string; readonly served?: boolean; readonly storage?: boolean }[];
}

/** The type that a CRD object defines; `undefined` when it serves none. */
export function typeOfCrd({ spec }: KubeObject): SimulatedType | undefined {
  const { group = '', scope, names = {}, versions = [] } = (spec ?? {}) as CrdSpec;
  const served = versions.filter((version) => version.served !== false);
  const stored = served.toSorted((a, b) => Number(b.storage ?? false) - Number(a.storage ?? false));
  if (names.plural === undefined || names.kind === undefined || stored.length === 0) return undefined;
  return {
    groupResource: groupResourceOf(group, names.plural),
    group,
    resource: names.plural,
    kind: names.kind,
    namespaced: scope !== 'Cluster',
    versions: stored.map(({ name }) => name),
    verbs: VERBS,
    shortNames: names.shortNames ?? [],
    origin: 'crd',
  };
}

/** An API that another server serves behind this one, as metrics.k8s.io is. */
export interface AggregatedApi {
  readonly group: string;
  readonly version: string;
  readonly types: readonly {
    readonly plural: string;
    readonly kind: string;
    /** Default true. */
    readonly namespaced?: boolean;
    /** Default: get, list. */
    readonly verbs?: readonly string[];
  }[];
}

export const apiServiceDraft = ({ group, version }: AggregatedApi, available: boolean): ObjectDraft => ({
  metadata: { name: `${version}.${group}` },
  spec: {
    group,
    version,
    groupPriorityMinimum: 100,
    versionPriority: 100,
    service: { namespace: 'kube-system', name: group.split('.')[0], port: 443 },
  },
  status: {
    conditions: [
      available
        ? { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' }
        : {
            type: 'Available',
            status: 'False',
            reason: 'FailedDiscoveryCheck',
            message: 'no response from the service',
          },
    ],
  },
});

export const typesOfApi = ({ group, version, types }: AggregatedApi): readonly SimulatedType[] =>
  types.map(({ plural, kind, namespaced = true, verbs = ['get', 'list'] }) => ({
    groupResource: groupResourceOf(group, plural),
    group,
    resource: plural,
    kind,
    namespaced,
    versions: [version],
    verbs,
    shortNames: [],
    origin: 'aggregated',
  }));

const istio = (group: string, plural: string, kind: string, ...versions: [string, ...string[]]): CustomType => ({
  group: `${group}.istio.io`,
  kind,
  plural,
  versions,
});

/** The types of Istio 1.31, of which some are in one version and some in another. */
export const ISTIO_TYPES: readonly CustomType[] = [
  istio('networking', 'virtualservices', 'VirtualService', 'v1', 'v1beta1', 'v1alpha3'),
  istio('networking', 'destinationrules', 'DestinationRule', 'v1', 'v1beta1', 'v1alpha3'),
  istio('networking', 'gateways', 'Gateway', 'v1', 'v1beta1', 'v1alpha3'),
  istio('networking', 'serviceentries', 'ServiceEntry', 'v1', 'v1beta1', 'v1alpha3'),
  istio('networking', 'sidecars', 'Sidecar', 'v1', 'v1beta1', 'v1alpha3'),
  istio('networking', 'envoyfilters', 'EnvoyFilter', 'v1alpha3'),
  istio('networking', 'proxyconfigs', 'ProxyConfig', 'v1beta1'),
  istio('networking', 'workloadentries', 'WorkloadEntry', 'v1', 'v1beta1', 'v1alpha3'),
  istio('networking', 'workloadgroups', 'WorkloadGroup', 'v1', 'v1beta1', 'v1alpha3'),
  istio('security', 'authorizationpolicies', 'AuthorizationPolicy', 'v1', 'v1beta1'),
  istio('security', 'peerauthentications', 'PeerAuthentication', 'v1', 'v1beta1'),
  istio('security', 'requestauthentications', 'RequestAuthentication', 'v1', 'v1beta1'),
  istio('telemetry', 'telemetries', 'Telemetry', 'v1alpha1', 'v1'),
  istio('extensions', 'wasmplugins', 'WasmPlugin', 'v1alpha1'),
];

const gateway = (plural: string, kind: string, ...versions: [string, ...string[]]): CustomType => ({
  group: 'gateway.networking.k8s.io',
  kind,
  plural,
  versions,
  namespaced: kind !== 'GatewayClass',
});

/** The types of the Gateway API 1.5, standard channel. */
export const GATEWAY_TYPES: readonly CustomType[] = [
  gateway('gatewayclasses', 'GatewayClass', 'v1', 'v1beta1'),
  gateway('gateways', 'Gateway', 'v1', 'v1beta1'),
  gateway('httproutes', 'HTTPRoute', 'v1', 'v1beta1'),
  gateway('grpcroutes', 'GRPCRoute', 'v1'),
  gateway('tlsroutes', 'TLSRoute', 'v1'),
  gateway('referencegrants', 'ReferenceGrant', 'v1beta1', 'v1'),
  gateway('backendtlspolicies', 'BackendTLSPolicy', 'v1'),
  gateway('listenersets', 'ListenerSet', 'v1'),
];
