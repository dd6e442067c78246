import type { JsonObject } from '../json.ts';
import { objectOf, recordOf } from './examples/all.ts';

const base = { uid: expect.any(String), apiVersion: expect.any(String), name: 'web', labels: {} };
const common = { ...base, namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' };

describe('records of Kubernetes itself', () => {
  it('keep what people ask for of a pod, and nothing else', () => {
    expect(recordOf('pods')).toEqual({
      ...common,
      kind: 'Pod',
      labels: { app: 'web' },
      owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'owner', uid: 'owner-uid' },
      phase: 'Running',
      node: 'node-1',
      ip: '10.1.0.1',
      ips: ['10.1.0.1', 'fd00::1'],
      images: ['shop/log:2', 'shop/setup:1', 'shop/web:3'],
      serviceAccount: 'web',
      mounts: [
        { kind: 'ConfigMap', name: 'settings' },
        { kind: 'PersistentVolumeClaim', name: 'data' },
        { kind: 'PersistentVolumeClaim', name: 'web-scratch' },
        { kind: 'Secret', name: 'key' },
        { kind: 'Secret', name: 'tls' },
        { kind: 'Secret', name: 'tokens' },
      ],
      containers: [
        { name: 'web', image: 'shop/web:3', ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] },
        { name: 'setup', image: 'shop/setup:1', role: 'init' },
        { name: 'log', image: 'shop/log:2', role: 'sidecar' },
      ],
      ready: false,
      restarts: 2,
      reason: 'CrashLoopBackOff',
      istioProxy: { mode: 'none' },
      conditions: [
        { type: 'Initialized', status: 'True', reason: 'Said', message: 'said so' },
        { type: 'Ready', status: 'False', reason: 'Said', message: 'said so' },
      ],
    });
  });

  it('keep namespaces with what they ask of a mesh, and nodes with where they are', () => {
    expect(recordOf('namespaces')).toMatchObject({ phase: 'Active', mesh: { injection: 'enabled' } });
    expect(recordOf('nodes')).toMatchObject({
      labels: { 'topology.kubernetes.io/region': 'eu-1' },
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
      unschedulable: true,
      taints: [{ key: 'gpu', effect: 'NoSchedule' }],
      providerId: 'aws:///eu-1a/i-1',
      capacity: { cpu: '4' },
    });
  });

  it('count replicas that a status leaves out as none, and know nothing before there is a status', () => {
    expect(recordOf('deployments.apps')).toMatchObject({
      replicas: { desired: 3, ready: 2, available: 0, updated: 3 },
      images: ['shop/log:2', 'shop/setup:1', 'shop/web:3'],
      selector: { app: 'web' },
      serviceAccount: 'web',
    });
    const replicas = (type: string, status: JsonObject) =>
      (recordOf(type, objectOf(type, { status })) as { replicas?: unknown }).replicas;
    expect(replicas('deployments.apps', {})).toEqual({ desired: 3 });
    expect(replicas('deployments.apps', { replicas: 3, readyReplicas: '2', availableReplicas: -1 })).toEqual({
      desired: 3,
      updated: 0,
    });
    expect(recordOf('replicasets.apps')).toMatchObject({ replicas: { desired: 3, ready: 2, available: 1 } });
    expect(recordOf('daemonsets.apps')).toMatchObject({ replicas: { desired: 4, ready: 3, available: 3, updated: 4 } });
    expect(recordOf('statefulsets.apps')).toMatchObject({ serviceName: 'web-headless', claimTemplates: ['data'] });
  });

  it('leave out a selector that labels alone do not describe', () => {
    const matchExpressions = [{ key: 'a', operator: 'Exists' }];
    const spec = { selector: { matchLabels: { app: 'web' }, matchExpressions } };
    expect(recordOf('deployments.apps', objectOf('deployments.apps', { spec }))).not.toHaveProperty('selector');
  });

  it('keep jobs and cron jobs', () => {
    expect(recordOf('jobs.batch')).toMatchObject({
      ...{ parallelism: 1, completions: 1, succeeded: 1 },
      ...{ startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:01:00Z' },
      conditions: [{ type: 'Complete', status: 'True' }],
    });
    expect(recordOf('cronjobs.batch')).toMatchObject({
      ...{ schedule: '*/5 * * * *', timeZone: 'Europe/Berlin', suspended: false, active: ['web-1'] },
      ...{ lastScheduleTime: '2026-01-01T00:05:00Z', images: ['shop/log:2', 'shop/setup:1', 'shop/web:3'] },
    });
  });

  it('keep services, and endpoint slices in whatever order they come and of whatever version', () => {
    expect(recordOf('services')).toMatchObject({
      ...{ type: 'LoadBalancer', clusterIP: '10.96.0.80', selector: { app: 'web' } },
      ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort: 30080, protocol: 'TCP' }],
      ingress: ['1.2.3.4', 'lb.example'],
    });
    const type = 'endpointslices.discovery.k8s.io';
    expect(recordOf(type)).toMatchObject({
      service: 'web',
      endpoints: [
        {
          addresses: ['10.1.0.1'],
          ready: true,
          nodeName: 'node-1',
          zone: 'eu-1a',
          target: { kind: 'Pod', name: 'web-1' },
        },
        { addresses: ['10.1.0.2'], ready: false, serving: true, terminating: true },
      ],
    });
    const slice = (endpoints: readonly unknown[]) => recordOf(type, objectOf(type, { endpoints }));
    const [one, two] = [{ addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.2'] }];
    expect(slice([two, one])).toEqual(slice([one, two]));
    const topology = { 'kubernetes.io/hostname': 'node-1', 'topology.kubernetes.io/zone': 'eu-1a' };
    expect(slice([{ ...one, topology }])).toEqual(slice([{ ...one, nodeName: 'node-1', zone: 'eu-1a' }]));
  });

  it('keep ingresses, those of the version before too', () => {
    const type = 'ingresses.networking.k8s.io';
    const record = recordOf(type);
    expect(record).toMatchObject({
      className: 'nginx',
      defaultBackend: { resource: { group: 'k8s.example.com', kind: 'StorageBucket', name: 'static' } },
      rules: [
        {
          host: 'shop.example.com',
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: 'web', port: 'http' } }],
        },
      ],
      tls: [{ hosts: ['shop.example.com'], secret: 'shop-tls' }],
      addresses: ['lb.example'],
    });
    const backend = { serviceName: 'web', servicePort: 80 };
    const spec = { backend, rules: [{ http: { paths: [{ backend }] } }] };
    const metadata = { uid: 'u', name: 'n', annotations: { 'kubernetes.io/ingress.class': 'old' } };
    expect(recordOf(type, { metadata, spec })).toMatchObject({
      className: 'old',
      defaultBackend: { service: 'web', port: 80 },
      rules: [{ paths: [{ backend: { service: 'web', port: 80 } }] }],
    });
  });

  it('keep volumes and claims', () => {
    expect(recordOf('persistentvolumes')).toMatchObject({
      ...{ phase: 'Bound', capacity: '10Gi', reclaimPolicy: 'Retain', storageClass: 'fast' },
      ...{ source: 'csi', driver: 'ebs.csi.aws.com', claim: { namespace: 'shop', name: 'data', uid: 'claim-uid' } },
    });
    expect(recordOf('persistentvolumeclaims')).toMatchObject({
      ...{ phase: 'Bound', requested: '10Gi', capacity: '12Gi', storageClass: 'fast', volume: 'pv-1' },
    });
  });

  it('keep of secrets and config maps the names of their keys, and never a value', () => {
    expect(recordOf('secrets')).toEqual({ ...common, kind: 'Secret', type: 'Opaque', keys: ['password', 'token'] });
    expect(recordOf('configmaps')).toEqual({ ...common, kind: 'ConfigMap', keys: ['a.yaml', 'blob', 'mode'] });
    const secret = (value: string) => recordOf('secrets', objectOf('secrets', { data: { password: value } }));
    expect(secret('b25l')).toEqual(secret('b3RoZXI='));
  });
});
