import type { CloudEvent } from '@mooring/contracts';
import { messageOf } from '@mooring/kernel';
import type { Bus } from '../bus/bus.ts';
import { HEADERS } from '../bus/headers.ts';
import { inHandlerSpan } from '../bus/tracing.ts';
import { within } from '../bus/within.ts';
import { park } from '../dead-letters/park.ts';
import { aggregateOf } from '../dead-letters/subject.ts';
import type { MessagingMetrics } from '../metrics.ts';
import type { Source } from '../provision/topology.ts';
import type { Delivery } from './delivery.ts';
import { createHoldings, deliveryOf, headerPairs, type Held } from './holdings.ts';
import { readIncoming } from './incoming.ts';
import { createIntake, type Intake } from './intake.ts';
import { createLanes, type Attempt } from './lanes.ts';
import { RETRY_POLICY, settle, type Outcome, type RetryPolicy } from './settle.ts';

/** Something a person may want to read in the log. */
export interface Occurrence {
  readonly kind: 'failed' | 'parked' | 'unknown-type' | 'trouble';
  readonly message: string;
}

export interface ConsumerOptions {
  readonly bus: Bus;
  readonly consumer: string;
  readonly sources: readonly Source[];
  /** Types that `handle` takes; others are acknowledged unread. */
  readonly wanted: (type: string) => boolean;
  /** May run twice for one event, and must be done with it when it resolves. */
  readonly handle: (event: CloudEvent, delivery: Delivery) => Promise<void>;
  /** Handlers at once; 16 unless told. */
  readonly concurrency?: number;
  readonly policy?: RetryPolicy;
  readonly metrics?: MessagingMetrics | undefined;
  readonly report?: (occurrence: Occurrence) => void;
}

/**
 * Handles what the sources give, at least once each. Messages of one aggregate (the last token of the subject, over all
 * sources) are handled one after the other in the order they came, those of different ones side by side.
 */
export interface Consumer {
  /** Per durable, how many messages it has not delivered yet; `undefined` while unknown. */
  lag(): ReadonlyMap<string, number | undefined>;
  /** Takes in nothing more, lets running handlers end within `graceMs`, gives back the rest. */
  close(graceMs: number): Promise<void>;
}

const CONCURRENCY = 16;
const PARK_RETRY_MS = 1_000;

export function createConsumer(options: ConsumerOptions): Consumer {
  const { bus, consumer, metrics, report, policy = RETRY_POLICY } = options;
  const stopping = new AbortController();
  const holdings = createHoldings();

  const tryHandler = async (held: Held): Promise<{ readonly outcome: Outcome; readonly type: string }> => {
    const { message } = held;
    const incoming = readIncoming(message.data, headerPairs(message), options.wanted);
    if (incoming.kind !== 'event') return { outcome: incoming, type: 'type' in incoming ? incoming.type : '' };
    const { event } = incoming;
    const delivery = deliveryOf(held, stopping.signal);
    const end = metrics?.handlerSeconds.startTimer({ consumer, type: event.type });
    const parents = { message: message.headers?.get(HEADERS.traceparent), event: event.traceparent };
    try {
      await inHandlerSpan(event.type, parents, { 'mooring.event.id': event.id, 'mooring.try': held.tries }, () =>
        options.handle(event, delivery),
      );
      end?.({ outcome: 'handled' });
      return { outcome: { kind: 'handled' }, type: event.type };
    } catch (thrown) {
      end?.({ outcome: 'failed' });
      report?.({ kind: 'failed', message: `${event.type} ${event.id}, try ${held.tries}: ${messageOf(thrown)}` });
      return { outcome: { kind: 'failed', thrown }, type: event.type };
    }
  };

  const giveUp = async (held: Held, reason: string, type: string): Promise<Attempt> => {
    held.givenUp = reason;
    try {
      await park(bus, consumer, held.message, reason, held.tries);
    } catch (thrown) {
      report?.({ kind: 'trouble', message: messageOf(thrown) });
      return { retryAfterMs: PARK_RETRY_MS };
    }
    metrics?.parked.inc({ consumer, type });
    report?.({ kind: 'parked', message: `${held.message.subject}, message ${held.message.seq}: ${reason}` });
    holdings.acknowledge(held);
    return 'done';
  };

  const attempt = async (held: Held): Promise<Attempt> => {
    if (held.givenUp !== undefined) return giveUp(held, held.givenUp, '');
    held.tries += 1;
    const { outcome, type } = await tryHandler(held);
    if (outcome.kind === 'unknown-type') {
      metrics?.unknown.inc({ consumer });
      report?.({ kind: 'unknown-type', message: type });
    }
    const settlement = settle(outcome, { tries: held.tries, stopping: stopping.signal.aborted }, policy);
    switch (settlement.kind) {
      case 'ack':
        holdings.acknowledge(held);
        return 'done';
      case 'retry':
        return { retryAfterMs: settlement.delayMs };
      case 'park':
        return giveUp(held, settlement.reason, type);
      case 'release':
        return 'done';
    }
  };

  const lanes = createLanes<Held>({
    concurrency: options.concurrency ?? CONCURRENCY,
    attempt,
    signal: stopping.signal,
  });
  const intakes = new Map<string, Intake>(
    options.sources.map((source) => [
      source.durable,
      createIntake({
        bus,
        source,
        onMessage(message) {
          if (message.redelivered) metrics?.redelivered.inc({ consumer });
          const held = holdings.take(source, message);
          if (held !== undefined) lanes.add(aggregateOf(message.subject), held);
        },
        onTrouble: (failure) => report?.({ kind: 'trouble', message: failure.message }),
        onLag: (pending) => metrics?.lag.set({ consumer, durable: source.durable }, pending),
      }),
    ]),
  );

  return {
    lag: () => new Map([...intakes].map(([durable, { pending }]) => [durable, pending])),
    async close(graceMs) {
      await Promise.all([...intakes.values()].map((intake) => intake.stop()));
      stopping.abort();
      await within(graceMs, lanes.idle());
      holdings.releaseAll();
    },
  };
}
