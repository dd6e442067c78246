import { BASIC_TYPES } from '../basic-types.ts';
import { hashOf } from '../content-hash.ts';
import type { JsonObject } from '../json.ts';
import type { ResourceType } from '../resource-type.ts';
import { slimRecord } from './slim.ts';

const typeOf = (name: string): ResourceType => BASIC_TYPES.find(({ kind }) => kind === name)!;
const metadata = { uid: 'u', name: 'n', namespace: 'ns', creationTimestamp: '2026-01-01T00:00:00Z' };
const slim = (kind: string, object: JsonObject) => slimRecord(typeOf(kind), object);

describe('slim records', () => {
  it('keep what people ask for of a pod, and nothing else', () => {
    const record = slim('Pod', {
      metadata: {
        ...metadata,
        labels: { b: '2', a: '1' },
        annotations: { secret: 'x' },
        managedFields: [{}],
        ownerReferences: [
          { kind: 'Node', name: 'other', uid: 'o1' },
          { kind: 'ReplicaSet', name: 'rs', uid: 'o2', controller: true },
        ],
      },
      spec: {
        nodeName: 'node-1',
        initContainers: [{ image: 'init:1' }],
        containers: [{ image: 'b:1', env: [{ name: 'PASSWORD', value: 'hunter2' }] }, { image: 'a:1' }],
      },
      status: {
        phase: 'Running',
        podIP: '10.0.0.1',
        conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastProbeTime: null }],
        containerStatuses: [
          { restartCount: 2, state: { running: {} } },
          { restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } },
        ],
      },
    });
    expect(record).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
      ...metadata,
      labels: { a: '1', b: '2' },
      owner: { kind: 'ReplicaSet', name: 'rs', uid: 'o2' },
      phase: 'Running',
      node: 'node-1',
      ip: '10.0.0.1',
      images: ['a:1', 'b:1', 'init:1'],
      ready: false,
      restarts: 5,
      reason: 'CrashLoopBackOff',
      conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
    });
  });

  it('leave out what the cluster does not say', () => {
    for (const { kind } of BASIC_TYPES) {
      const record = slim(kind, { metadata: { uid: 'u', name: 'n' } });
      expect(Object.values(record ?? {})).not.toContain(undefined);
      expect(JSON.stringify(record)).not.toMatch(/null|unknown/i);
    }
    expect(slim('Pod', { metadata: { uid: 'u', name: 'n' } })).not.toHaveProperty('ready');
  });

  it('count replicas that a status leaves out as none, and know nothing before there is a status', () => {
    const spec = {
      replicas: 3,
      template: { spec: { containers: [{ image: 'a:1' }] } },
      selector: { matchLabels: { a: 'b' } },
    };
    expect(slim('Deployment', { metadata, spec, status: { replicas: 3, readyReplicas: 1 } })).toMatchObject({
      replicas: { desired: 3, ready: 1, available: 0, updated: 0 },
      images: ['a:1'],
      selector: { a: 'b' },
    });
    expect(slim('Deployment', { metadata, spec, status: {} })).toMatchObject({ replicas: { desired: 3 } });
    expect(
      slim('DaemonSet', { metadata, status: { desiredNumberScheduled: 4, numberReady: 2, numberAvailable: 1 } }),
    ).toMatchObject({ replicas: { desired: 4, ready: 2, available: 1, updated: 0 } });
  });

  it('know services, and endpoint slices in whatever order they come', () => {
    expect(
      slim('Service', {
        metadata,
        spec: {
          type: 'LoadBalancer',
          clusterIP: '10.96.0.1',
          selector: { app: 'x' },
          ports: [{ port: 80, targetPort: 'http', nodePort: 30080 }],
        },
        status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'lb.example' }] } },
      }),
    ).toMatchObject({
      type: 'LoadBalancer',
      clusterIP: '10.96.0.1',
      selector: { app: 'x' },
      ports: [{ port: 80, targetPort: 'http', nodePort: 30080 }],
      ingress: ['1.2.3.4', 'lb.example'],
    });
    const slice = (addresses: string[]) =>
      slim('EndpointSlice', {
        metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'web' } },
        addressType: 'IPv4',
        ports: null,
        endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
      });
    expect(slice(['10.0.0.2', '10.0.0.1'])).toMatchObject({
      service: 'web',
      ports: [],
      endpoints: [{ addresses: ['10.0.0.1'] }, {}],
    });
    expect(slice(['10.0.0.2', '10.0.0.1'])).toEqual(slice(['10.0.0.1', '10.0.0.2']));
  });

  it('have a hash that heartbeats and the order of maps do not change, and content does', () => {
    const node = (heartbeat: string, ready: string, labels: object) =>
      slim('Node', {
        metadata: { ...metadata, labels, resourceVersion: heartbeat },
        status: {
          conditions: [{ type: 'Ready', status: ready, lastHeartbeatTime: heartbeat }],
          capacity: { cpu: '8' },
          nodeInfo: { kubeletVersion: 'v1.35.4' },
        },
      })!;
    const one = hashOf(node('1', 'True', { a: '1', b: '2' }));
    expect(hashOf(node('2', 'True', { b: '2', a: '1' }))).toBe(one);
    expect(hashOf(node('1', 'False', { a: '1', b: '2' }))).not.toBe(one);
    expect(one).toMatch(/^[\w-]{22}$/);
  });

  it('are not made of something else', () => {
    expect(slim('Pod', { kind: 'Secret', metadata })).toBeUndefined();
    expect(slim('Pod', { metadata: { name: 'n' } })).toBeUndefined();
    expect(slim('Pod', {})).toBeUndefined();
    expect(slim('Pod', { metadata: { uid: 7, name: [] } })).toBeUndefined();
  });

  it('survive values of the wrong type and characters that no database takes', () => {
    const odd = {
      metadata: { uid: 'u', name: 'n', labels: { a: 1, b: 'x\u0000y\ud800' } },
      spec: 7,
      status: { conditions: [null, 3, {}] },
    };
    for (const { kind } of BASIC_TYPES) expect(slim(kind, odd)).toMatchObject({ labels: { b: 'xy\ufffd' } });
  });
});
