import type { ClusterView, ConnectionState, ConnectionView, HistoryEntry, ResourceView } from '@mooring/contracts';

/** Answers in the shape of the contracts, as a system of seven clusters gave them. Times are counted back from `nowMs`. */
const MINUTE_MS = 60_000;

export const idOf = (number: number): string => `5f3c0000-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const at = (nowMs: number, minutesAgo: number): string => new Date(nowMs - minutesAgo * MINUTE_MS).toISOString();
export const traceOf = (number: number): string => `4bf92f3577b34da6a3ce929d${String(number).padStart(8, '0')}`;

const ACTIONS: Readonly<Record<ConnectionState, ConnectionView['allowedActions']>> = {
  discovered: ['register', 'ignore', 'delete'],
  registered: ['register', 'ignore', 'maintain', 'disconnect', 'delete'],
  connected: ['register', 'ignore', 'maintain', 'disconnect', 'delete'],
  ignored: ['register', 'ignore', 'delete'],
  maintenance: ['register', 'ignore', 'maintain', 'disconnect', 'delete'],
  disconnected: ['disconnect', 'reconnect', 'delete'],
  not_found: ['reconnect', 'delete'],
  deleted: [],
};

interface Given {
  readonly number: number;
  readonly name: string;
  readonly state: ConnectionState;
  readonly server: string;
  readonly version?: string;
  readonly minutesAgo: number;
  readonly reason?: ConnectionView['reason'];
}

const REFUSED = {
  code: 'connection-refused',
  message: 'The cluster refuses connections: nothing listens at api.ap-1.prod.example.net:6443.',
  suggestedRemediation: 'Check that the API server runs and that its port is open from here, then reconnect.',
};

const GIVEN: readonly Given[] = [
  {
    number: 1,
    name: 'prod-eu-1',
    state: 'connected',
    server: 'https://10.20.0.4:6443',
    version: 'v1.34.2',
    minutesAgo: 3120,
  },
  {
    number: 2,
    name: 'prod-us-1',
    state: 'connected',
    server: 'https://api.us-1.prod.example.net:6443',
    version: 'v1.34.2',
    minutesAgo: 64,
  },
  {
    number: 3,
    name: 'prod-ap-1',
    state: 'disconnected',
    server: 'https://api.ap-1.prod.example.net:6443',
    version: 'v1.33.6',
    minutesAgo: 2,
    reason: REFUSED,
  },
  {
    number: 4,
    name: 'staging',
    state: 'maintenance',
    server: 'https://10.30.0.4:6443',
    version: 'v1.35.0',
    minutesAgo: 200,
  },
  {
    number: 5,
    name: 'dev-anna',
    state: 'not_found',
    server: 'https://dev-anna.internal:6443',
    minutesAgo: 14,
    reason: {
      code: 'dns-failure',
      message: 'The name dev-anna.internal does not resolve.',
      suggestedRemediation: 'Check the server in the kubeconfig, or connect to the network it is on.',
    },
  },
  {
    number: 6,
    name: 'edge-lab',
    state: 'discovered',
    server: 'https://192.168.7.20:6443',
    version: 'v1.32.9+k3s1',
    minutesAgo: 0,
  },
  {
    number: 7,
    name: 'ci-throwaway',
    state: 'ignored',
    server: 'https://10.9.0.2:6443',
    version: 'v1.34.1',
    minutesAgo: 9000,
  },
  {
    number: 8,
    name: 'qa-frankfurt',
    state: 'registered',
    server: 'https://10.31.0.4:6443',
    version: 'v1.34.2',
    minutesAgo: 0,
  },
];

const INTENTS: Partial<Record<ConnectionState, ConnectionView['intent']>> = {
  discovered: 'none',
  ignored: 'ignored',
  maintenance: 'maintenance',
};

const toView = (nowMs: number, given: Given): ConnectionView => ({
  id: idOf(given.number),
  name: given.name,
  kind: 'kubernetes',
  state: given.state,
  intent: INTENTS[given.state] ?? 'registered',
  link:
    given.state === 'connected' || given.state === 'maintenance'
      ? 'up'
      : given.version === undefined
        ? 'never'
        : 'down',
  ...(given.reason === undefined ? {} : { reason: given.reason }),
  endpoint: { server: given.server, context: `${given.name}-admin` },
  ...(given.version === undefined
    ? {}
    : { clusterUid: `9f1c0000-0000-4000-8000-00000000000${given.number}`, clusterVersion: given.version }),
  credential: { id: idOf(100 + given.number), fingerprint: 'Jc0bTqkyN1m2', alternatives: 0 },
  revision: '5',
  decision: 1,
  enteredAt: at(nowMs, given.minutesAgo + 5),
  changedAt: at(nowMs, given.minutesAgo),
  allowedActions: ACTIONS[given.state],
});

export const recordedConnections = (nowMs: number): readonly ConnectionView[] =>
  GIVEN.map((given) => toView(nowMs, given));

/** What a connection was at an earlier revision of {@link recordedHistory}. */
export function recordedPast(now: ConnectionView, revision: string, history: readonly HistoryEntry[]): ConnectionView {
  const entry = history.find((candidate) => candidate.revision === revision);
  const past: ConnectionView = {
    ...now,
    state: entry?.state ?? now.state,
    link: Number(revision) < 4 ? 'never' : now.link,
    revision,
    changedAt: entry?.at ?? now.changedAt,
  };
  delete past.reason;
  return entry?.reason === undefined ? past : { ...past, reason: entry.reason };
}

export function recordedHistory(nowMs: number): readonly HistoryEntry[] {
  const entry = (
    revision: number,
    verb: string,
    state: ConnectionState,
    by: string,
    minutesAgo: number,
    summary: string,
    message: string,
  ): HistoryEntry => ({
    revision: String(revision),
    eventId: idOf(500 + revision),
    type: `io.meshery.connections.connection.${verb}.v1`,
    at: at(nowMs, minutesAgo),
    by,
    state,
    summary,
    message,
    correlationId: idOf(900),
    traceId: traceOf(revision),
    ...(by === 'person' ? { userId: idOf(700) } : {}),
    ...(verb === 'disconnected' ? { reason: REFUSED } : {}),
  });
  return [
    entry(
      5,
      'disconnected',
      'disconnected',
      'observation',
      2,
      'prod-ap-1 disconnected',
      'The cluster prod-ap-1 is away: 3 looks over 31 s failed.',
    ),
    entry(
      4,
      'connected',
      'connected',
      'observation',
      118,
      'prod-ap-1 connected',
      'The first snapshot of prod-ap-1 is complete (1,208 objects); changes flow.',
    ),
    entry(
      3,
      'registered',
      'registered',
      'policy',
      119,
      'prod-ap-1 registered',
      'prod-ap-1 is managed, as its import asked for.',
    ),
    entry(
      2,
      'discovered',
      'discovered',
      'observation',
      119,
      'prod-ap-1 discovered',
      'The cluster of prod-ap-1 was seen, version v1.33.6.',
    ),
    entry(
      1,
      'entered',
      'not_found',
      'person',
      120,
      'prod-ap-1 entered',
      'prod-ap-1 was entered from a kubeconfig and is being probed.',
    ),
  ];
}

/** A cluster of many kinds: the first ones are not well, the rest is there to be scrolled through. */
export function recordedCluster(nowMs: number, connection: ConnectionView): ClusterView {
  const live = connection.state === 'connected';
  const kind = (type: string, name: string, state: string, objects: number, more: object = {}) => ({
    ...{ type, kind: name, tier: 'everything', depth: 'record', state, objects, leftOut: 0, since: at(nowMs, 118) },
    ...more,
  });
  return {
    connectionId: connection.id,
    name: connection.name,
    version: 'v1.33.6',
    distribution: 'eks',
    provider: 'aws',
    region: 'ap-southeast-1',
    providers: ['aws'],
    regions: ['ap-southeast-1'],
    zones: ['ap-southeast-1a', 'ap-southeast-1b'],
    apiGroups: ['apps', 'batch', 'gateway.networking.k8s.io', 'networking.istio.io', 'networking.k8s.io'],
    watch: live ? 'live' : 'away',
    lastSeenAt: at(nowMs, 2),
    ...(live ? {} : { staleSince: at(nowMs, 2) }),
    outdated: false,
    batch: 417,
    tiers: [
      { tier: 'identity', reachedAt: at(nowMs, 119) },
      { tier: 'workloads', reachedAt: at(nowMs, 118) },
      { tier: 'everything' },
    ],
    objects: 1208,
    kinds: [
      kind('namespaces', 'Namespace', 'watching', 18),
      kind('nodes', 'Node', 'forbidden', 12, {
        ...{ reason: 'May not list nodes: the role lacks the verb list.', staleSince: at(nowMs, 180), outdated: true },
        tier: 'workloads',
      }),
      kind('deployments.apps', 'Deployment', 'watching', 114),
      kind('services', 'Service', 'watching', 96, { leftOut: 2 }),
      kind('pods', 'Pod', 'listing', 980),
      kind('gateways.gateway.networking.k8s.io', 'Gateway', 'watching', 3),
      kind('gateways.networking.istio.io', 'Gateway', 'failing', 0, { reason: 'The answer broke off.' }),
      ...Array.from({ length: 60 }, (_, index) =>
        kind(`things${index}.long-name-of-a-group.example.com`, `CustomThing${index}`, 'watching', 0),
      ),
    ],
  };
}

const RECORDS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Deployment: { replicas: { desired: 3, ready: 2 }, images: ['registry.example.net/checkout:4.2.1'] },
  Service: { type: 'ClusterIP', clusterIP: '10.96.14.2', ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }] },
  Pod: { phase: 'Running', ready: true, node: 'worker-3', restarts: 2 },
};

export const recordedResources = (nowMs: number, connection: ConnectionView): readonly ResourceView[] =>
  ['Deployment', 'Service', 'Pod', 'Pod', 'Pod'].map((kind, index) => ({
    connectionId: connection.id,
    clusterUid: connection.clusterUid ?? '',
    uid: idOf(2000 + index),
    type: kind === 'Deployment' ? 'deployments.apps' : `${kind.toLowerCase()}s`,
    kind,
    apiVersion: 'v1',
    namespace: 'checkout',
    name: `checkout-${index}`,
    labels: { app: 'checkout' },
    createdAt: at(nowMs, 4000 + index * 60),
    observedAt: at(nowMs, 3),
    ...(kind === 'Service' ? { staleSince: at(nowMs, 180) } : {}),
    record: RECORDS[kind] ?? {},
  }));
