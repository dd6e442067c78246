import type { ConnectionView, ImportView, LoggedEvent, NotificationView } from '@mooring/contracts';
import { at, idOf, traceOf } from './recorded-answers.ts';

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
