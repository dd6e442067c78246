import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, type JSONEventType } from '@eventstore/db-client';
import { createEventStoreNode } from '../../src/node.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** The store that the suite is aimed at: any EventStoreDB by its connection string, or a node of its own. */
export interface Target extends AsyncDisposable {
  readonly client: EventStoreDBClient;
  /** Another client, for what must not share a connection. */
  connect(parameters?: string): EventStoreDBClient;
}

export async function openTarget(): Promise<Target> {
  const resources = new AsyncDisposableStack();
  let connectionString = process.env['EVENTSTORE_CONFORMANCE_TARGET'];
  if (connectionString === undefined) {
    const folder = resources.use(temporaryFolder());
    const node = resources.use(await createEventStoreNode({ dataFolder: folder.path }));
    connectionString = node.connectionString;
  }
  const address = connectionString;
  const connect = (parameters = ''): EventStoreDBClient => {
    const client = EventStoreDBClient.connectionString(address + parameters);
    // Not awaited: the client waits for ever for a read that ended with stream-not-found.
    resources.defer(() => void client.dispose());
    return client;
  };
  return { client: connect(), connect, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** A stream of nobody else's. Of one category, without a dash in it. */
export const newStream = (category = 'conformance'): string => `${category}-${randomUUID()}`;

export type Numbered = JSONEventType<string, { readonly n: number }>;

/** Events numbered in their data. */
export const events = (count: number, type = 'Numbered', first = 0) =>
  Array.from({ length: count }, (_, index) => jsonEvent<Numbered>({ type, data: { n: first + index } }));
