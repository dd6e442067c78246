import type {
  ClusterView,
  CommandReceipt,
  ConnectionAction,
  ConnectionPage,
  ConnectionView,
  EventPage,
  HistoryPage,
  ImportPage,
  ImportReceipt,
  ImportView,
  NotificationPage,
  NotificationReceipt,
  ResourcePage,
} from '@mooring/contracts';
import type { Answer, Request } from './request.ts';

const at = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;

export interface ResourceQuery {
  readonly connectionId: string;
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  readonly cursor?: string | undefined;
}

/** Every address of the API that the page uses, with the shape of its answer. */
export const createMooringApi = (request: Request) => ({
  connections: (query: { states?: string; cursor?: string | undefined }): Promise<Answer<ConnectionPage>> =>
    request(at('connections'), { query: { limit: 500, sort: 'name', state: query.states, cursor: query.cursor } }),
  connection: (id: string, atLeastRevision?: string): Promise<Answer<ConnectionView>> =>
    request(at('connections', id), { query: { atLeastRevision } }),
  connectionAsOf: (id: string, revision: string): Promise<Answer<ConnectionView>> =>
    request(at('connections', id, 'state'), { query: { revision } }),
  history: (id: string, cursor?: string): Promise<Answer<HistoryPage>> =>
    request(at('connections', id, 'history'), { query: { limit: 500, cursor } }),
  command: (id: string, action: ConnectionAction): Promise<Answer<CommandReceipt>> =>
    request(at('connections', id, action), { method: 'POST' }),
  cluster: (connectionId: string): Promise<Answer<ClusterView>> => request(at('clusters', connectionId)),
  resources: ({ connectionId, type, name, cursor }: ResourceQuery): Promise<Answer<ResourcePage>> =>
    request(at('resources'), { query: { connectionId, type, name, cursor, limit: 100 } }),
  events: (query: { cursor?: string | undefined; limit?: number }): Promise<Answer<EventPage>> =>
    request(at('events'), { query: { limit: query.limit ?? 200, cursor: query.cursor, order: 'newest' } }),
  notifications: (status: string, cursor?: string): Promise<Answer<NotificationPage>> =>
    request(at('notifications'), { query: { status, limit: 200, cursor } }),
  acknowledge: (id: string): Promise<Answer<NotificationReceipt>> =>
    request(at('notifications', id, 'acknowledge'), { method: 'POST' }),
  imports: (): Promise<Answer<ImportPage>> => request(at('imports'), { query: { limit: 20 } }),
  import: (id: string): Promise<Answer<ImportView>> => request(at('imports', id)),
  importKubeconfig: (text: string): Promise<Answer<ImportReceipt>> =>
    request(at('imports'), { method: 'POST', body: { text, contentType: 'application/yaml' } }),
});
export type MooringApi = ReturnType<typeof createMooringApi>;
