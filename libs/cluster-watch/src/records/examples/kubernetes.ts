import { example, type Example } from './example.ts';

const podSpec = {
  serviceAccountName: 'web',
  nodeName: 'node-1',
  initContainers: [
    { name: 'setup', image: 'shop/setup:1' },
    { name: 'log', image: 'shop/log:2', restartPolicy: 'Always' },
  ],
  containers: [
    {
      name: 'web',
      image: 'shop/web:3',
      ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
      envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'tokens' } }],
      env: [
        { name: 'PASSWORD', value: 'hunter2' },
        { name: 'KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'k' } } },
        { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
      ],
    },
  ],
  volumes: [
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
    {
      name: 'scratch',
      ephemeral: {
        volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      },
    },
    { name: 'tls', secret: { secretName: 'tls' } },
    {
      name: 'kube-api-access',
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        ],
      },
    },
  ],
};

const template = { metadata: { labels: { app: 'web' } }, spec: podSpec };
const selector = { matchLabels: { app: 'web' } };
const condition = (type: string, status: string) => ({
  ...{ type, status, reason: 'Said', message: 'said so' },
  ...{ lastTransitionTime: '2026-01-01T00:00:00Z', lastProbeTime: null, lastHeartbeatTime: '2026-01-01T00:00:05Z' },
});
const ownedBy = (apiVersion: string, kind: string) => ({
  ownerReferences: [{ apiVersion, kind, name: 'owner', uid: 'owner-uid', controller: true, blockOwnerDeletion: true }],
});

export const KUBERNETES_EXAMPLES: readonly Example[] = [
  example('', 'Namespace', ['v1'], { labels: { 'istio-injection': 'enabled' } }, { status: { phase: 'Active' } }),
  example(
    '',
    'Node',
    ['v1'],
    { labels: { 'topology.kubernetes.io/region': 'eu-1' } },
    {
      spec: { providerID: 'aws:///eu-1a/i-1', unschedulable: true, taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
      status: {
        conditions: [condition('Ready', 'True')],
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
        capacity: { cpu: '4' },
        nodeInfo: { kubeletVersion: 'v1.35.4', operatingSystem: 'linux', architecture: 'amd64' },
      },
    },
  ),
  example(
    '',
    'Pod',
    ['v1'],
    { labels: { app: 'web' }, ...ownedBy('apps/v1', 'ReplicaSet') },
    {
      spec: podSpec,
      status: {
        ...{ phase: 'Running', podIP: '10.1.0.1', podIPs: [{ ip: '10.1.0.1' }, { ip: 'fd00::1' }] },
        conditions: [condition('Ready', 'False'), condition('Initialized', 'True')],
        containerStatuses: [{ restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      },
    },
  ),
  example(
    '',
    'Service',
    ['v1'],
    {},
    {
      spec: {
        ...{ type: 'LoadBalancer', clusterIP: '10.96.0.80', selector: { app: 'web' } },
        ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort: 30080, protocol: 'TCP' }],
      },
      status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'lb.example' }] } },
    },
  ),
  example(
    '',
    'PersistentVolume',
    ['v1'],
    {},
    {
      spec: {
        ...{ capacity: { storage: '10Gi' }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Retain' },
        ...{
          storageClassName: 'fast',
          volumeMode: 'Filesystem',
          csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'v' },
        },
        claimRef: { namespace: 'shop', name: 'data', uid: 'claim-uid' },
      },
      status: { phase: 'Bound' },
    },
  ),
  example(
    '',
    'PersistentVolumeClaim',
    ['v1'],
    {},
    {
      spec: {
        ...{ accessModes: ['ReadWriteOnce'], storageClassName: 'fast', volumeName: 'pv-1' },
        resources: { requests: { storage: '10Gi' } },
        selector: { matchLabels: { tier: 'gold' } },
      },
      status: { phase: 'Bound', capacity: { storage: '12Gi' } },
    },
  ),
  example('', 'Secret', ['v1'], {}, { type: 'Opaque', data: { password: 'aHVudGVyMg==', token: 'dA==' } }),
  example('', 'ConfigMap', ['v1'], {}, { data: { mode: 'fast', 'a.yaml': 'x: 1' }, binaryData: { blob: 'AAAA' } }),
  example(
    'apps',
    'Deployment',
    ['v1'],
    {},
    {
      spec: { replicas: 3, selector, template },
      status: { replicas: 3, readyReplicas: 2, updatedReplicas: 3, conditions: [condition('Available', 'True')] },
    },
  ),
  example(
    'apps',
    'StatefulSet',
    ['v1'],
    {},
    {
      spec: {
        ...{ replicas: 2, selector, template, serviceName: 'web-headless' },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
      status: { replicas: 2, readyReplicas: 2, availableReplicas: 2, updatedReplicas: 2 },
    },
  ),
  example(
    'apps',
    'DaemonSet',
    ['v1'],
    {},
    {
      spec: { selector, template },
      status: { desiredNumberScheduled: 4, numberReady: 3, numberAvailable: 3, updatedNumberScheduled: 4 },
    },
  ),
  example('apps', 'ReplicaSet', ['v1'], ownedBy('apps/v1', 'Deployment'), {
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web', 'pod-template-hash': 'x' } },
      template: { ...template, metadata: { labels: { app: 'web', 'pod-template-hash': 'x' } } },
    },
    status: { replicas: 3, readyReplicas: 2, availableReplicas: 1 },
  }),
  example('batch', 'Job', ['v1'], ownedBy('batch/v1', 'CronJob'), {
    spec: {
      parallelism: 1,
      completions: 1,
      selector: { matchLabels: { 'batch.kubernetes.io/job-name': 'web' } },
      template,
    },
    status: {
      ...{ succeeded: 1, startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:01:00Z' },
      conditions: [condition('Complete', 'True')],
    },
  }),
  example(
    'batch',
    'CronJob',
    ['v1', 'v1beta1'],
    {},
    {
      spec: { schedule: '*/5 * * * *', timeZone: 'Europe/Berlin', suspend: false, jobTemplate: { spec: { template } } },
      status: { lastScheduleTime: '2026-01-01T00:05:00Z', active: [{ kind: 'Job', name: 'web-1', uid: 'j1' }] },
    },
  ),
  example(
    'discovery.k8s.io',
    'EndpointSlice',
    ['v1', 'v1beta1'],
    { labels: { 'kubernetes.io/service-name': 'web' } },
    {
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: [
        { addresses: ['10.1.0.2'], conditions: { ready: false, serving: true, terminating: true } },
        {
          ...{ addresses: ['10.1.0.1'], conditions: { ready: true }, nodeName: 'node-1', zone: 'eu-1a' },
          targetRef: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'pod-uid' },
        },
      ],
    },
  ),
  example(
    'networking.k8s.io',
    'Ingress',
    ['v1'],
    {},
    {
      spec: {
        ingressClassName: 'nginx',
        defaultBackend: { resource: { apiGroup: 'k8s.example.com', kind: 'StorageBucket', name: 'static' } },
        rules: [
          {
            host: 'shop.example.com',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }],
            },
          },
        ],
        tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }],
      },
      status: { loadBalancer: { ingress: [{ hostname: 'lb.example' }] } },
    },
  ),
];
