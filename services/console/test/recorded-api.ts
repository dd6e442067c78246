import type { ConnectionView, ImportView, LoggedEvent, NotificationView } from '@mooring/contracts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  recordedCluster,
  recordedConnections,
  recordedHistory,
  recordedPast,
  recordedResources,
} from './recorded-answers.ts';
import { recordedEvents, recordedImport, recordedNotifications } from './recorded-notices.ts';

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
  refusal: Sent | undefined;
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

interface Sent {
  readonly status: number;
  readonly body: unknown;
}

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

const page = (items: readonly unknown[]) => ({ items, position: '77' });

const STATES_AFTER: Readonly<Record<string, ConnectionView['state']>> = {
  register: 'registered',
  ignore: 'ignored',
  maintain: 'maintenance',
  disconnect: 'disconnected',
  delete: 'deleted',
};

function command(api: RecordedApi, id: string, action: string): Sent {
  if (api.refusal !== undefined) return api.refusal;
  const before = api.connections.find((row) => row.id === id);
  const state = STATES_AFTER[action] ?? before?.state;
  const after = (row: ConnectionView): ConnectionView =>
    row.id === id && state !== undefined ? { ...row, state, revision: '6', changedAt: new Date().toISOString() } : row;
  api.connections = api.connections.map(after);
  const recorded = [`io.meshery.connections.connection.${action}.v1`];
  return { status: 200, body: { id, state, revision: '6', recorded, allowedActions: [], traceId: TRACE_ID } };
}

function acknowledge(api: RecordedApi, id: string): Sent {
  const acknowledgedAt = new Date().toISOString();
  api.notifications = api.notifications.map((item) =>
    item.id === id ? { ...item, status: 'acknowledged', acknowledgedAt, revision: '5' } : item,
  );
  return { status: 200, body: { id, status: 'acknowledged', revision: '5', recorded: [], traceId: TRACE_ID } };
}

function importKubeconfig(api: RecordedApi, nowMs: number): Sent {
  const { id, contexts } = recordedImport(nowMs, 'running');
  api.imports = [recordedImport(nowMs, 'running')];
  return { status: 202, body: { id, contexts, revision: '1', traceId: TRACE_ID } };
}

function post(api: RecordedApi, nowMs: number, [collection, id = '', action = '']: readonly string[]): Sent {
  if (collection === 'imports') return importKubeconfig(api, nowMs);
  return collection === 'notifications' ? acknowledge(api, id) : command(api, id, action);
}

/** What stands at an address; `undefined` is 404. */
function valueAt(
  api: RecordedApi,
  nowMs: number,
  [collection = '', id, part = '']: readonly string[],
  query: URLSearchParams,
): unknown {
  const connection = api.connections.find((row) => row.id === (id ?? query.get('connectionId')));
  const history = recordedHistory(nowMs);
  const listed = (name: string, value: string): boolean => query.get(name)?.split(',').includes(value) ?? true;
  switch (`${collection}/${id === undefined ? '' : 'one'}/${part}`) {
    case 'connections//':
      return page(
        api.connections.filter(({ state }) => (query.has('state') || state !== 'deleted') && listed('state', state)),
      );
    case 'connections/one/':
      return connection;
    case 'connections/one/history':
      return page(history);
    case 'connections/one/state':
      return connection && recordedPast(connection, query.get('revision') ?? '', history);
    case 'clusters/one/':
      return connection?.clusterUid === undefined ? undefined : recordedCluster(nowMs, connection);
    case 'resources//':
      return connection && page(recordedResources(nowMs, connection).filter(({ kind }) => listed('kind', kind)));
    case 'events//':
      return page(api.events);
    case 'notifications//':
      return page(api.notifications.filter(({ status }) => listed('status', status)));
    case 'imports//':
      return page(api.imports);
    case 'imports/one/':
      return api.imports.find((row) => row.id === id);
    default:
      return undefined;
  }
}

function send(response: ServerResponse, { status, body }: Sent): void {
  const mediaType = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': mediaType, 'cache-control': 'no-store' }).end(JSON.stringify(body));
}

export function createRecordedApi(nowMs: number = Date.now()): RecordedApi {
  const streams = new Set<ServerResponse>();
  const connections = recordedConnections(nowMs);

  const stream = (request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 200\n\n');
    streams.add(response);
    request.on('close', () => streams.delete(response));
  };

  const supersededBy = ([collection, id, part]: readonly string[]): string | undefined =>
    collection === 'connections' && part === undefined
      ? api.connections.find((row) => row.id === id)?.supersededBy
      : undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://origin');
    const body = await textOf(request);
    // From here to the answer nothing waits: what is listed as asked is answered as things stand now.
    api.asked.push(`${request.method ?? ''} ${url.pathname}${url.search}`);
    if (body !== '') api.bodies.push(body);
    const parts = url.pathname.split('/').slice(2).map(decodeURIComponent);
    if (!api.signedIn) send(response, { status: 401, body: { title: 'Not signed in' } });
    else if (request.method === 'POST') send(response, post(api, nowMs, parts));
    else if (url.pathname === '/api/events/stream' && api.streaming) stream(request, response);
    else if (url.pathname === '/api/events/stream') send(response, { status: 503, body: { title: 'Not ready' } });
    else if (supersededBy(parts) !== undefined)
      response.writeHead(308, { location: `/api/connections/${supersededBy(parts) ?? ''}` }).end();
    else {
      const value = valueAt(api, nowMs, parts, url.searchParams);
      send(
        response,
        value === undefined ? { status: 404, body: { title: 'Not there' } } : { status: 200, body: value },
      );
    }
  };

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
  return api;
}
