import { streamOf, type Producer } from '@mooring/contracts';
import { Failure } from '@mooring/kernel';
import { jetstreamManager } from '@nats-io/jetstream';
import type { Bus } from '../bus/bus.ts';
import { HEADERS } from '../bus/headers.ts';
import { API_ERRORS } from '../bus/jetstream-failure.ts';
import type { Break } from './pipeline.ts';
import type { Tail } from './tail.ts';

async function holds(bus: Bus, stream: string, sequence: number, id: string): Promise<boolean> {
  const manager = await jetstreamManager(bus.connection, { checkAPI: false });
  const message = sequence === 0 ? null : await manager.streams.getMessage(stream, { seq: sequence });
  return message?.header.get(HEADERS.messageId) === id;
}

/**
 * Why the relay has to look at the stream again, in words; or a `Failure` for what looking again cannot cure.
 * `tail` is where the broken pipeline had started.
 */
export async function afterBreak(reason: Break, tail: Tail, bus: Bus, producer: Producer): Promise<string> {
  const stream = streamOf(producer);
  switch (reason.kind) {
    case 'stopped':
      return 'stopped';
    case 'disconnected':
      return 'the connection to NATS was lost';
    case 'silent':
      return `${stream} does not acknowledge, as when the disk of nats-server is full or failed: its log says why${lastError(bus)}`;
    case 'unroutable':
      return `no stream takes what ${producer} publishes`;
    case 'wrong-sequence':
      return `${stream} ends elsewhere than expected`;
    case 'duplicate': {
      // A repeat of our own from before a reconnection lies behind the tail that was read. Anything else is no repeat.
      if (reason.sequence > tail.lastSequence && (await holds(bus, stream, reason.sequence, reason.id)))
        return `${stream} had event ${reason.id} already`;
      throw new Failure(
        'corrupt',
        `${stream} takes event ${reason.id} for a duplicate of message ${reason.sequence}, which it does not hold behind ` +
          `message ${tail.lastSequence}: messages were removed from the stream. If that was meant, wait until its duplicate window is over (2 minutes) and start again.`,
        { details: { ...reason } },
      );
    }
    case 'refused':
      if (reason.apiError === API_ERRORS.messageTooLarge || reason.apiError === 0)
        throw new Failure('limit', `an event cannot be published to ${stream}: ${reason.reason}`);
      return `${stream} refuses: ${reason.reason}`;
  }
}

const lastError = (bus: Bus): string => {
  const error = bus.status().lastError;
  return error === undefined ? '' : ` (the last error of the connection: ${error})`;
};
