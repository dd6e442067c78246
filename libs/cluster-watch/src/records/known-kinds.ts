import type { GroupResource } from '../resource-type.ts';

/** What is known of a kind without asking a cluster: its plural name, and whether its objects belong to namespaces. */
export interface KnownKind {
  readonly type: GroupResource;
  readonly group: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const APPS = 'apps';
const GATEWAY = 'gateway.networking.k8s.io';
const ISTIO = 'networking.istio.io';
const ISTIO_SECURITY = 'security.istio.io';

const of = (namespaced: boolean, group: string, kinds: Readonly<Record<string, string>>): readonly KnownKind[] =>
  Object.entries(kinds).map(([kind, resource]) => ({
    type: group === '' ? resource : `${resource}.${group}`,
    group,
    kind,
    namespaced,
  }));

/**
 * Kinds with a record of their own, and those that their relations lead to. Names and scopes as in the Kubernetes API reference, the Gateway
 * API specification and Istio's CRDs.
 */
const KNOWN_KINDS: readonly KnownKind[] = [
  ...of(false, '', { Namespace: 'namespaces', Node: 'nodes', PersistentVolume: 'persistentvolumes' }),
  ...of(true, '', {
    ConfigMap: 'configmaps',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    Pod: 'pods',
    ReplicationController: 'replicationcontrollers',
    Secret: 'secrets',
    Service: 'services',
    ServiceAccount: 'serviceaccounts',
  }),
  ...of(true, APPS, {
    DaemonSet: 'daemonsets',
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
  }),
  ...of(true, 'batch', { CronJob: 'cronjobs', Job: 'jobs' }),
  ...of(true, 'discovery.k8s.io', { EndpointSlice: 'endpointslices' }),
  ...of(true, 'networking.k8s.io', { Ingress: 'ingresses', NetworkPolicy: 'networkpolicies' }),
  ...of(false, 'networking.k8s.io', { IngressClass: 'ingressclasses' }),
  ...of(false, 'storage.k8s.io', { StorageClass: 'storageclasses' }),
  ...of(false, GATEWAY, { GatewayClass: 'gatewayclasses' }),
  ...of(true, GATEWAY, {
    Gateway: 'gateways',
    GRPCRoute: 'grpcroutes',
    HTTPRoute: 'httproutes',
    ReferenceGrant: 'referencegrants',
    TCPRoute: 'tcproutes',
    TLSRoute: 'tlsroutes',
    UDPRoute: 'udproutes',
  }),
  ...of(true, ISTIO, {
    DestinationRule: 'destinationrules',
    EnvoyFilter: 'envoyfilters',
    Gateway: 'gateways',
    ServiceEntry: 'serviceentries',
    Sidecar: 'sidecars',
    VirtualService: 'virtualservices',
    WorkloadEntry: 'workloadentries',
  }),
  ...of(true, ISTIO_SECURITY, {
    AuthorizationPolicy: 'authorizationpolicies',
    PeerAuthentication: 'peerauthentications',
    RequestAuthentication: 'requestauthentications',
  }),
  ...of(true, 'extensions.istio.io', { WasmPlugin: 'wasmplugins' }),
  ...of(true, 'install.istio.io', { IstioOperator: 'istiooperators' }),
  ...of(false, 'sailoperator.io', { Istio: 'istios', IstioRevision: 'istiorevisions' }),
];

const byKind = new Map(KNOWN_KINDS.map((known) => [`${known.kind}.${known.group}`, known]));

export const knownKind = (group: string, kind: string): KnownKind | undefined => byKind.get(`${kind}.${group}`);
