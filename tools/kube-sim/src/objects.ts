import type { ObjectDraft } from './store.ts';

/** Builders of believable objects: what a person or a test gives is the part that matters, the rest is as a small cluster has it. */
export interface Named {
  readonly namespace: string;
  readonly name: string;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

const ownerReferences = (owner: OwnerReference | undefined): object =>
  owner === undefined ? {} : { ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] };

export const namespaceDraft = (name: string): ObjectDraft => ({
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
});

export const nodeDraft = (name: string, index: number, heartbeat: Date): ObjectDraft => {
  const condition = (type: string, status: string, reason: string): object => ({
    type,
    status,
    reason,
    message: `kubelet says: ${reason}`,
    lastHeartbeatTime: heartbeat.toISOString(),
  });
  return {
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
    spec: { podCIDR: `10.244.${index}.0/24`, providerID: `sim:///${name}` },
    status: {
      addresses: [
        { type: 'InternalIP', address: `10.0.0.${index + 10}` },
        { type: 'Hostname', address: name },
      ],
      capacity: { cpu: '8', memory: '32Gi', pods: '110' },
      allocatable: { cpu: '7800m', memory: '30Gi', pods: '110' },
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      nodeInfo: {
        kubeletVersion: 'v1.35.4',
        containerRuntimeVersion: 'containerd://2.2.0',
        osImage: 'Debian GNU/Linux 13',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
};

export interface WorkloadShape extends Named {
  readonly image: string;
  readonly replicas: number;
  readonly ready: number;
}

const template = (name: string, image: string): object => ({
  metadata: { labels: { app: name } },
  spec: { containers: [{ name: 'main', image, ports: [{ name: 'http', containerPort: 8080 }] }] },
});

export const deploymentDraft = ({ namespace, name, image, replicas, ready }: WorkloadShape): ObjectDraft => ({
  metadata: { namespace, name, labels: { app: name }, annotations: { 'deployment.kubernetes.io/revision': '1' } },
  spec: { replicas, selector: { matchLabels: { app: name } }, template: template(name, image) },
  status: {
    replicas,
    readyReplicas: ready,
    availableReplicas: ready,
    updatedReplicas: replicas,
    conditions: [{ type: 'Available', status: ready > 0 ? 'True' : 'False', reason: 'MinimumReplicas' }],
  },
});

export const statefulSetDraft = ({ namespace, name, image, replicas, ready }: WorkloadShape): ObjectDraft => ({
  metadata: { namespace, name, labels: { app: name } },
  spec: { replicas, serviceName: name, selector: { matchLabels: { app: name } }, template: template(name, image) },
  status: { replicas, readyReplicas: ready, availableReplicas: ready, updatedReplicas: replicas },
});

export const daemonSetDraft = ({ namespace, name, image, replicas, ready }: WorkloadShape): ObjectDraft => ({
  metadata: { namespace, name, labels: { app: name } },
  spec: { selector: { matchLabels: { app: name } }, template: template(name, image) },
  status: {
    desiredNumberScheduled: replicas,
    currentNumberScheduled: replicas,
    numberReady: ready,
    numberAvailable: ready,
    updatedNumberScheduled: replicas,
  },
});

export interface PodShape extends Named {
  readonly app: string;
  readonly image: string;
  readonly node?: string;
  readonly ip?: string;
  /** Default: Running. */
  readonly phase?: string;
  readonly owner?: OwnerReference;
}

export const podDraft = ({
  namespace,
  name,
  app,
  image,
  node,
  ip,
  phase = 'Running',
  owner,
}: PodShape): ObjectDraft => {
  const running = phase === 'Running';
  return {
    metadata: { namespace, name, labels: { app }, ...ownerReferences(owner) },
    spec: { ...(node === undefined ? {} : { nodeName: node }), containers: [{ name: 'main', image }] },
    status: {
      phase,
      ...(ip === undefined || !running ? {} : { podIP: ip, podIPs: [{ ip }] }),
      conditions: [{ type: 'Ready', status: running ? 'True' : 'False' }],
      containerStatuses: [
        {
          name: 'main',
          image,
          ready: running,
          restartCount: 0,
          state: running ? { running: {} } : { waiting: { reason: 'ContainerCreating' } },
        },
      ],
    },
  };
};

export const serviceDraft = ({ namespace, name }: Named, clusterIP: string): ObjectDraft => ({
  metadata: { namespace, name, labels: { app: name } },
  spec: {
    type: 'ClusterIP',
    clusterIP,
    selector: { app: name },
    ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'http' }],
  },
  status: { loadBalancer: {} },
});

export interface EndpointShape {
  readonly ip: string;
  readonly ready: boolean;
  readonly pod: { readonly name: string; readonly uid: string };
}

export const endpointSliceDraft = ({ namespace, name }: Named, endpoints: readonly EndpointShape[]): ObjectDraft => ({
  metadata: { namespace, name: `${name}-s1`, labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
  endpoints: endpoints.map(({ ip, ready, pod }) => ({
    addresses: [ip],
    conditions: { ready, serving: ready, terminating: false },
    targetRef: { kind: 'Pod', namespace, name: pod.name, uid: pod.uid },
  })),
});
