import { groupResourceOf, type SimulatedType } from './types.ts';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

interface Row {
  readonly group: string;
  readonly version: string;
  /** `plural Kind n|c shortName…`, `n` for namespaced and `c` for cluster-wide. */
  readonly types: readonly string[];
  readonly verbs?: readonly string[];
}

/** What the simulation serves unless more is asked for. Secrets and config maps are there so that a test can prove that nobody reads them. */
const FEW: readonly Row[] = [
  {
    group: '',
    version: 'v1',
    types: ['namespaces Namespace c ns'],
    verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
  },
  {
    group: '',
    version: 'v1',
    types: [
      'nodes Node c no',
      'pods Pod n po',
      'services Service n svc',
      'secrets Secret n',
      'configmaps ConfigMap n cm',
    ],
  },
  { group: 'discovery.k8s.io', version: 'v1', types: ['endpointslices EndpointSlice n'] },
  {
    group: 'apps',
    version: 'v1',
    types: ['deployments Deployment n deploy', 'statefulsets StatefulSet n sts', 'daemonsets DaemonSet n ds'],
  },
];

/** The rest of what a control plane of Kubernetes 1.35 serves by itself; a test compares it with a real one. */
const MORE: readonly Row[] = [
  {
    group: '',
    version: 'v1',
    types: [
      'endpoints Endpoints n ep',
      'events Event n ev',
      'limitranges LimitRange n limits',
      'persistentvolumeclaims PersistentVolumeClaim n pvc',
      'persistentvolumes PersistentVolume c pv',
      'podtemplates PodTemplate n',
      'replicationcontrollers ReplicationController n rc',
      'resourcequotas ResourceQuota n quota',
      'serviceaccounts ServiceAccount n sa',
    ],
  },
  { group: '', version: 'v1', types: ['bindings Binding n'], verbs: ['create'] },
  { group: '', version: 'v1', types: ['componentstatuses ComponentStatus c cs'], verbs: ['get', 'list'] },
  { group: 'apiregistration.k8s.io', version: 'v1', types: ['apiservices APIService c'] },
  { group: 'events.k8s.io', version: 'v1', types: ['events Event n ev'] },
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    types: ['tokenreviews TokenReview c', 'selfsubjectreviews SelfSubjectReview c'],
    verbs: ['create'],
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    types: [
      'localsubjectaccessreviews LocalSubjectAccessReview n',
      'selfsubjectaccessreviews SelfSubjectAccessReview c',
      'selfsubjectrulesreviews SelfSubjectRulesReview c',
      'subjectaccessreviews SubjectAccessReview c',
    ],
    verbs: ['create'],
  },
  { group: 'apps', version: 'v1', types: ['replicasets ReplicaSet n rs', 'controllerrevisions ControllerRevision n'] },
  { group: 'autoscaling', version: 'v2,v1', types: ['horizontalpodautoscalers HorizontalPodAutoscaler n hpa'] },
  { group: 'batch', version: 'v1', types: ['jobs Job n', 'cronjobs CronJob n cj'] },
  {
    group: 'certificates.k8s.io',
    version: 'v1',
    types: ['certificatesigningrequests CertificateSigningRequest c csr'],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    types: [
      'ingressclasses IngressClass c',
      'ingresses Ingress n ing',
      'ipaddresses IPAddress c ip',
      'networkpolicies NetworkPolicy n netpol',
      'servicecidrs ServiceCIDR c',
    ],
  },
  { group: 'policy', version: 'v1', types: ['poddisruptionbudgets PodDisruptionBudget n pdb'] },
  {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    types: [
      'clusterrolebindings ClusterRoleBinding c',
      'clusterroles ClusterRole c',
      'rolebindings RoleBinding n',
      'roles Role n',
    ],
  },
  {
    group: 'storage.k8s.io',
    version: 'v1',
    types: [
      'csidrivers CSIDriver c',
      'csinodes CSINode c',
      'csistoragecapacities CSIStorageCapacity n',
      'storageclasses StorageClass c sc',
      'volumeattachments VolumeAttachment c',
      'volumeattributesclasses VolumeAttributesClass c vac',
    ],
  },
  {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    types: [
      'mutatingwebhookconfigurations MutatingWebhookConfiguration c',
      'validatingadmissionpolicies ValidatingAdmissionPolicy c',
      'validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding c',
      'validatingwebhookconfigurations ValidatingWebhookConfiguration c',
    ],
  },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    types: ['customresourcedefinitions CustomResourceDefinition c crd crds'],
  },
  { group: 'scheduling.k8s.io', version: 'v1', types: ['priorityclasses PriorityClass c pc'] },
  { group: 'coordination.k8s.io', version: 'v1', types: ['leases Lease n'] },
  { group: 'node.k8s.io', version: 'v1', types: ['runtimeclasses RuntimeClass c'] },
  {
    group: 'flowcontrol.apiserver.k8s.io',
    version: 'v1',
    types: ['flowschemas FlowSchema c', 'prioritylevelconfigurations PriorityLevelConfiguration c'],
  },
  {
    group: 'resource.k8s.io',
    version: 'v1',
    types: [
      'deviceclasses DeviceClass c',
      'resourceclaims ResourceClaim n',
      'resourceclaimtemplates ResourceClaimTemplate n',
      'resourceslices ResourceSlice c',
    ],
  },
];

const typesOf = ({ group, version, types, verbs = ALL_VERBS }: Row): readonly SimulatedType[] =>
  types.map((text) => {
    const [resource = '', kind = '', scope, ...shortNames] = text.split(' ');
    return {
      groupResource: groupResourceOf(group, resource),
      group,
      resource,
      kind,
      namespaced: scope === 'n',
      versions: version.split(','),
      verbs,
      shortNames,
      origin: 'builtin',
    };
  });

export type BuiltinTypes = 'few' | 'all';

export const builtinTypes = (which: BuiltinTypes): readonly SimulatedType[] =>
  (which === 'few' ? FEW : [...FEW, ...MORE]).flatMap(typesOf);
