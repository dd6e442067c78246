import {
  ConnectionConnected,
  ConnectionDisconnected,
  WatchBegun,
  type CloudEvent,
  type EventType,
  type Narrative,
  type Producer,
  type SeverityText,
} from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import { toPublication } from '@mooring/messaging';

interface Telling {
  readonly producer: Producer;
  readonly severity: SeverityText;
  readonly narrative: Narrative;
}

function publish(type: EventType, data: Record<string, unknown>, sequence: number, told: Telling): CloudEvent {
  return toPublication(
    type,
    {
      id: randomUuid(),
      type: type.stored,
      data,
      streamName: `x-${String(data['connectionId'])}`,
      revision: BigInt(sequence),
      position: 0n,
      recordedAt: new Date(),
      metadata: { $correlationId: randomUuid(), schemaVersion: 1, systemId: randomUuid(), traceparent: '' },
    },
    { ...told, subject: String(data['connectionId']) },
  );
}

/** The facts about one connection as connections and discovery publish them; `sequence` is the revision of its stream. */
export const factsOf = (connectionId: string) => {
  const lifecycle = { connectionId, name: 'harbour', previousState: 'registered', intent: 'registered', decision: 1 };
  return {
    failure: (sequence: number): CloudEvent => {
      const [message, summary] = [`harbour is away for the ${sequence}th time.`, 'Connection disconnected'];
      const error = {
        code: 'timeout',
        moniker: 'timeout',
        severity: 'error',
        shortDescription: summary,
        longDescription: message,
        probableCause: message,
        suggestedRemediation: 'Start it.',
      };
      return publish(ConnectionDisconnected, { ...lifecycle, state: 'disconnected', by: 'observation' }, sequence, {
        producer: 'connections',
        severity: 'error',
        narrative: { summary, message, error },
      });
    },
    connected: (sequence: number): CloudEvent =>
      publish(ConnectionConnected, { ...lifecycle, state: 'connected', by: 'observation' }, sequence, {
        producer: 'connections',
        severity: 'informational',
        narrative: { summary: 'Connection connected', message: 'harbour is connected.' },
      }),
    watched: (sequence: number): CloudEvent =>
      publish(WatchBegun, { connectionId, epoch: sequence + 1 }, sequence, {
        producer: 'discovery',
        severity: 'informational',
        narrative: { summary: 'Watch begun', message: 'harbour is watched.' },
      }),
  };
};

export const range = (count: number, from = 0): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index);
