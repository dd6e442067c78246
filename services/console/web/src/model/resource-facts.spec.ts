import { resourceFacts } from './resource-facts.ts';

describe('a resource in one line', () => {
  it.each([
    ['Namespace', { phase: 'Active' }, 'Active'],
    ['Deployment', { replicas: { desired: 3, ready: 2 }, images: ['nginx:1.29'] }, '2 of 3 ready · nginx:1.29'],
    ['StatefulSet', { replicas: { desired: 1 }, images: ['a', 'b', 'c'] }, '0 of 1 ready · a and 2 more'],
    ['Pod', { phase: 'Running', ready: true, restarts: 0, node: 'w1' }, 'Running · on w1'],
    [
      'Pod',
      { phase: 'Running', ready: false, restarts: 4, node: 'w1', reason: 'CrashLoopBackOff' },
      'Running · CrashLoopBackOff · not ready · restarts 4 · on w1',
    ],
    ['Pod', { phase: 'Pending', ready: false }, 'Pending'],
    [
      'Node',
      {
        conditions: [{ type: 'Ready', status: 'Unknown' }],
        unschedulable: true,
        kubeletVersion: 'v1.35.0',
        architecture: 'arm64',
        capacity: { cpu: '4', memory: '16Gi' },
      },
      'Not ready · cordoned · v1.35.0 · arm64 · cpu 4 · memory 16Gi',
    ],
    [
      'Service',
      {
        type: 'ClusterIP',
        clusterIP: 'None',
        ports: [
          { port: 80, targetPort: 'http', protocol: 'TCP' },
          { port: 53, targetPort: 53, protocol: 'UDP' },
        ],
      },
      'ClusterIP · headless · 80→http/TCP 53/UDP',
    ],
    ['EndpointSlice', { service: 'web', endpoints: [{ ready: true }, {}, { ready: false }] }, 'of web · 2 of 3 ready'],
    ['Pod', { phase: 'Running', deletionTimestamp: '2026-11-21T10:00:00Z' }, 'being deleted · Running'],
  ])('%s', (kind, record, line) => {
    expect(resourceFacts(kind, record)).toBe(line);
  });

  it.each(['Node', 'Deployment', 'Service', 'Pod', 'Namespace', 'Gateway', 'constructor'])(
    '%s: nothing is made up where nothing is known',
    (kind) => {
      expect(resourceFacts(kind, {})).toBe('');
      expect(() =>
        resourceFacts(kind, { replicas: 7, ports: 'x', conditions: [null], capacity: [], images: [1] }),
      ).not.toThrow();
    },
  );
});
