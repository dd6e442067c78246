import type { ConnectionView, ImportView, LoggedEvent, NotificationView } from '@mooring/contracts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  recordedCluster,
  recordedConnections,
  recordedEvents,
  recordedHistory,
  recordedImport,
  recordedNotifications,
  recordedPast,
  recordedResources,
} from './recorded-answers.ts';

/** The API as the page meets it: recorded answers, and the few things a test turns. */
export interface RecordedApi {
  connections: readonly ConnectionView[];
  notifications: readonly NotificationView[];
  imports: readonly ImportView[];
  events: readonly LoggedEvent[];
  signedIn: boolean;
  /** Whether `/api/events/stream` is served; broken off streams come back when it is again. */
  streaming: boolean;
  /** `METHOD /path?query` of everything that was asked. */
  readonly asked: string[];
  readonly bodies: string[];
  /** What commands answer, where it is not success. */
  refusal: { readonly status: number; readonly body: unknown } | undefined;
  push(entry: LoggedEvent): void;
  reset(): void;
  breakStreams(): void;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const page = (items: readonly unknown[]) => ({ items, position: '77' });

const STATES_AFTER: Readonly<Record<string, ConnectionView['state']>> = {
  register: 'registered',
  ignore: 'ignored',
  maintain: 'maintenance',
  disconnect: 'disconnected',
  delete: 'deleted',
};

export function createRecordedApi(nowMs: number = Date.now()): RecordedApi {
  const streams = new Set<ServerResponse>();
  const connections = recordedConnections(nowMs);
  const history = recordedHistory(nowMs);

  const api: RecordedApi = {
    connections,
    notifications: recordedNotifications(nowMs),
    imports: [],
    events: recordedEvents(nowMs, connections),
    signedIn: true,
    streaming: true,
    asked: [],
    bodies: [],
    refusal: undefined,
    push: (entry) => {
      api.events = [entry, ...api.events];
      for (const stream of streams) stream.write(`id: ${entry.id}\ndata: ${JSON.stringify(entry.event)}\n\n`);
    },
    reset: () => {
      for (const stream of streams) stream.write('event: reset\ndata: {}\n\n');
    },
    breakStreams: () => {
      for (const stream of streams) stream.destroy();
      streams.clear();
    },
    handle: (request, response) => void answer(request, response),
  };

  const send = (response: ServerResponse, status: number, body: unknown): void => {
    const mediaType = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': mediaType, 'cache-control': 'no-store' }).end(JSON.stringify(body));
  };

  const stream = (request: IncomingMessage, response: ServerResponse): void => {
    if (!api.streaming) return void send(response, 503, { title: 'The event log is not ready' });
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 200\n\n');
    streams.add(response);
    request.on('close', () => streams.delete(response));
  };

  const command = (response: ServerResponse, id: string, action: string): void => {
    if (api.refusal !== undefined) return send(response, api.refusal.status, api.refusal.body);
    const state = STATES_AFTER[action];
    api.connections = api.connections.map((row) =>
      row.id === id && state !== undefined
        ? { ...row, state, revision: '6', changedAt: new Date().toISOString() }
        : row,
    );
    send(response, 200, {
      id,
      state,
      revision: '6',
      recorded: [`io.meshery.connections.connection.${action}.v1`],
      allowedActions: [],
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
  };

  const importKubeconfig = (response: ServerResponse): void => {
    const running = recordedImport(nowMs, 'running');
    api.imports = [running];
    send(response, 202, {
      id: running.id,
      contexts: running.contexts,
      revision: '1',
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
  };

  const acknowledge = (response: ServerResponse, id: string): void => {
    api.notifications = api.notifications.map((item) =>
      item.id === id
        ? { ...item, status: 'acknowledged', acknowledgedAt: new Date().toISOString(), revision: '5' }
        : item,
    );
    send(response, 200, {
      id,
      status: 'acknowledged',
      revision: '5',
      recorded: [],
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
  };

  const post = (response: ServerResponse, [collection, id = '', action = '']: readonly string[]): void => {
    if (collection === 'imports') importKubeconfig(response);
    else if (collection === 'notifications') acknowledge(response, id);
    else command(response, id, action);
  };

  const get = (response: ServerResponse, [collection, id, part]: readonly string[], query: URLSearchParams): void => {
    const connection = api.connections.find((row) => row.id === (id ?? query.get('connectionId')));
    const found = (value: unknown): void =>
      value === undefined ? send(response, 404, { title: 'There is no such connection' }) : send(response, 200, value);
    switch (`${collection ?? ''}/${id === undefined ? '' : 'one'}/${part ?? ''}`) {
      case 'connections//': {
        const states = query.get('state')?.split(',');
        return found(page(api.connections.filter(({ state }) => states?.includes(state) ?? state !== 'deleted')));
      }
      case 'connections/one/':
        return found(connection);
      case 'connections/one/history':
        return found(page(history));
      case 'connections/one/state':
        return found(connection && recordedPast(connection, query.get('revision') ?? '', history));
      case 'clusters/one/':
        return found(connection?.clusterUid === undefined ? undefined : recordedCluster(nowMs, connection));
      case 'resources//':
        return found(
          page(
            connection === undefined
              ? []
              : recordedResources(nowMs, connection).filter(({ kind }) => (query.get('kind') ?? kind) === kind),
          ),
        );
      case 'events//':
        return found(page(api.events));
      case 'notifications//':
        return found(page(api.notifications.filter(({ status }) => query.get('status')?.split(',').includes(status))));
      case 'imports//':
        return found(page(api.imports));
      case 'imports/one/':
        return found(api.imports.find((row) => row.id === id));
      default:
        return found(undefined);
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://origin');
    api.asked.push(`${request.method ?? ''} ${url.pathname}${url.search}`);
    const body = await textOf(request);
    if (body !== '') api.bodies.push(body);
    if (!api.signedIn) return send(response, 401, { title: 'Not signed in' });
    const parts = url.pathname.split('/').slice(2).map(decodeURIComponent);
    if (url.pathname === '/api/events/stream') stream(request, response);
    else if (request.method === 'POST') post(response, parts);
    else get(response, parts, url.searchParams);
  };

  return api;
}
