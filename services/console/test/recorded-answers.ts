import type {
  ClusterView,
  ConnectionState,
  ConnectionView,
  HistoryEntry,
  ImportView,
  LoggedEvent,
  NotificationView,
  ResourceView,
} from '@mooring/contracts';

/** Answers in the shape of the contracts, as a system of seven clusters gave them. Times are counted back from `nowMs`. */
const MINUTE_MS = 60_000;

export const idOf = (number: number): string => `5f3c0000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const at = (nowMs: number, minutesAgo: number): string => new Date(nowMs - minutesAgo * MINUTE_MS).toISOString();
const traceOf = (number: number): string => `4bf92f3577b34da6a3ce929d${String(number).padStart(8, '0')}`;

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
  const { reason: _, ...rest } = now;
  return {
    ...rest,
    state: entry?.state ?? now.state,
    link: Number(revision) < 4 ? 'never' : now.link,
    revision,
    changedAt: entry?.at ?? now.changedAt,
    ...(entry?.reason === undefined ? {} : { reason: entry.reason }),
  };
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

export const recordedCluster = (nowMs: number, connection: ConnectionView): ClusterView => ({
  connectionId: connection.id,
  name: connection.name,
  watch: connection.state === 'connected' ? 'live' : 'away',
  lastSeenAt: at(nowMs, 2),
  objects: 1208,
  kinds: [
    { kind: 'Namespace', state: 'watching', objects: 18 },
    { kind: 'Node', state: 'forbidden', reason: 'May not list nodes: the role lacks the verb list.', objects: 0 },
    { kind: 'Deployment', state: 'watching', objects: 114 },
    { kind: 'Service', state: 'watching', objects: 96 },
    { kind: 'Pod', state: 'listing', objects: 980 },
  ],
});

export const recordedResources = (nowMs: number, connection: ConnectionView): readonly ResourceView[] =>
  ['Deployment', 'Service', 'Pod', 'Pod', 'Pod'].map((kind, index) => ({
    connectionId: connection.id,
    clusterUid: connection.clusterUid ?? '',
    uid: idOf(2000 + index),
    kind,
    apiVersion: 'v1',
    namespace: 'checkout',
    name: `checkout-${index}`,
    labels: { app: 'checkout' },
    createdAt: at(nowMs, 4000 + index * 60),
    observedAt: at(nowMs, 3),
    record:
      kind === 'Pod' ? { phase: 'Running', nodeName: 'worker-3', restarts: index } : { replicas: 3, readyReplicas: 3 },
  }));

export const recordedNotifications = (nowMs: number): readonly NotificationView[] => [
  {
    id: idOf(3001),
    status: 'open',
    severityText: 'error',
    severityNumber: 3,
    title: 'prod-ap-1 is disconnected',
    text: 'The cluster refuses connections: nothing listens at api.ap-1.prod.example.net:6443.',
    suggestedRemediation: 'Check that the API server runs and that its port is open from here, then reconnect.',
    actedUpon: idOf(3),
    count: 4,
    raisedAt: at(nowMs, 40),
    lastAt: at(nowMs, 2),
    revision: '4',
  },
  {
    id: idOf(3002),
    status: 'acknowledged',
    severityText: 'warning',
    severityNumber: 4,
    title: 'dev-anna cannot be found',
    text: 'The name dev-anna.internal does not resolve.',
    actedUpon: idOf(5),
    count: 1,
    raisedAt: at(nowMs, 14),
    lastAt: at(nowMs, 14),
    acknowledgedAt: at(nowMs, 6),
    revision: '2',
  },
  {
    id: idOf(3003),
    status: 'resolved',
    severityText: 'error',
    severityNumber: 3,
    title: 'prod-us-1 is disconnected',
    text: 'The cluster did not answer within 10 s.',
    actedUpon: idOf(2),
    count: 1,
    raisedAt: at(nowMs, 70),
    lastAt: at(nowMs, 70),
    resolvedAt: at(nowMs, 64),
    revision: '2',
  },
];

export interface EventGiven {
  readonly number: number;
  readonly at: string;
  readonly connection: ConnectionView;
  readonly verb: string;
  readonly severity: readonly [text: string, number: number];
  readonly message: string;
}

export const recordedEvent = ({ number, at: time, connection, verb, severity, message }: EventGiven): LoggedEvent => ({
  id: String(number),
  event: {
    specversion: '1.0',
    id: idOf(10_000 + number),
    source: 'urn:meshery:service:connections',
    type: `io.meshery.connections.connection.${verb}.v1`,
    subject: connection.id,
    time,
    severitytext: severity[0],
    severitynumber: severity[1],
    category: 'connection',
    action: verb,
    sequence: connection.revision,
    actedupon: connection.id,
    correlationid: idOf(900),
    traceid: traceOf(number),
    data: { connectionId: connection.id, name: connection.name, summary: `${connection.name} ${verb}`, message },
  },
});

export const recordedEvents = (nowMs: number, connections: readonly ConnectionView[]): readonly LoggedEvent[] => {
  const [eu, us, ap, , anna, edge] = connections as readonly [
    ConnectionView,
    ConnectionView,
    ConnectionView,
    ConnectionView,
    ConnectionView,
    ConnectionView,
  ];
  const given: readonly (readonly [ConnectionView, string, readonly [string, number], string, number])[] = [
    [eu, 'entered', ['informational', 6], 'prod-eu-1 was entered from a kubeconfig and is being probed.', 3125],
    [eu, 'connected', ['success', 5], 'The first snapshot of prod-eu-1 is complete; changes flow.', 3120],
    [us, 'disconnected', ['error', 3], 'The cluster did not answer within 10 s.', 70],
    [us, 'connected', ['success', 5], 'The first snapshot of prod-us-1 is complete; changes flow.', 64],
    [anna, 'not_found', ['warning', 4], 'The name dev-anna.internal does not resolve.', 14],
    [ap, 'disconnected', ['error', 3], 'The cluster refuses connections: nothing listens there.', 2],
    [edge, 'discovered', ['notice', 5], 'The cluster of edge-lab was seen, version v1.32.9+k3s1.', 0],
  ];
  return given
    .map(([connection, verb, severity, message, minutesAgo], index) =>
      recordedEvent({ number: index + 1, at: at(nowMs, minutesAgo), connection, verb, severity, message }),
    )
    .reverse();
};

export const recordedImport = (nowMs: number, status: ImportView['status']): ImportView => ({
  id: idOf(4001),
  origin: 'upload',
  status,
  requestedAt: at(nowMs, 0),
  revision: status === 'running' ? '1' : '4',
  contexts: [
    {
      context: 'prod-eu-1-admin',
      outcome: status === 'running' ? 'pending' : 'known',
      connectionId: idOf(1),
      server: 'https://10.20.0.4:6443',
    },
    {
      context: 'legacy-exec',
      outcome: 'refused',
      server: 'https://10.77.0.4:6443',
      reason: {
        code: 'exec-not-allowed',
        message:
          'The user legacy-exec runs a program (exec: aws) to get its credential; an uploaded kubeconfig may not.',
        suggestedRemediation: 'Give this kubeconfig at start: npm start -- --kubeconfig FILE --allow-exec.',
      },
    },
  ],
});
