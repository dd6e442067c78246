import { ConnectionEntered, ConnectionConnected, ConnectionIgnored, storedFindings } from '@mooring/contracts';
import type { DomainEvent, NewEvent } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';

/** Stands in every event that the bench records. */
export const SYSTEM_ID = '7b1f6a52-6f0e-4a53-9b55-0a8c2f1d3e4b';
/** Events of each connection in {@link connectionHistory}. */
export const EVENTS_PER_CONNECTION = 10;

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

const entered = (connectionId: string): DomainEvent => ({
  type: ConnectionEntered.stored,
  data: {
    connectionId,
    name: `cluster of ${connectionId}`,
    previousState: null,
    state: 'not_found',
    intent: 'registered',
    decision: 1,
    by: 'policy',
    reason: { code: 'probing', message: 'The cluster is being looked for.' },
    kind: 'kubernetes',
    endpoint: { server: 'https://cluster.example.test:6443', context: 'bench' },
    credentialId: randomUuid(),
    accessId: randomUuid(),
    fingerprint: 'c2hhMjU2OmJlbmNo',
  },
});

/** Whether data flows changes with every event; these types have no handler in connections itself, so nothing follows from them. */
const changed = (connectionId: string, count: number): DomainEvent => {
  const connected = count % 2 === 1;
  return {
    type: connected ? ConnectionConnected.stored : ConnectionIgnored.stored,
    data: {
      connectionId,
      name: `cluster of ${connectionId}`,
      previousState: connected ? 'ignored' : 'connected',
      state: connected ? 'connected' : 'ignored',
      intent: connected ? 'registered' : 'ignored',
      decision: count + 1,
      by: 'person',
    },
  };
};

const recorded = ({ type, data }: DomainEvent): NewEvent => ({
  id: randomUuid(),
  type,
  data,
  metadata: { $correlationId: randomUuid(), schemaVersion: 1, systemId: SYSTEM_ID, traceparent: TRACEPARENT },
});

/** What a new connection begins with: about 600 bytes of data, 250 of metadata. */
export const enteredEvent = entered;
export const newConnection = (connectionId: string): NewEvent => recorded(entered(connectionId));

/** The whole stream of one connection: {@link EVENTS_PER_CONNECTION} events that fit their declarations. */
export const connectionHistory = (connectionId: string): readonly NewEvent[] =>
  Array.from({ length: EVENTS_PER_CONNECTION }, (_none, count) =>
    recorded(count === 0 ? entered(connectionId) : changed(connectionId, count)),
  );

/** Throws when an event of the bench no longer fits what contracts declare: then its figures would be of something else. */
export function checkSamples(): void {
  const findings = connectionHistory(randomUuid()).flatMap(({ type, data }) => storedFindings(type, data));
  if (findings.length > 0) throw new Error(`the bench's events are out of date: ${findings.join('; ')}`);
}
