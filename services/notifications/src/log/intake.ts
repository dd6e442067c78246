import { SUBSCRIPTIONS, type CloudEvent } from '@mooring/contracts';
import { handleCommand, type EventStore } from '@mooring/event-store';
import { ok } from '@mooring/kernel';
import {
  consumeBatches,
  inSpanOf,
  inSpansOf,
  redriveSourceOf,
  sourceOf,
  type Bus,
  type MessagingMetrics,
  type Occurrence,
} from '@mooring/messaging';
import type { EventLog } from '../adapters/event-log.ts';
import { notificationIdOf, notifications } from '../aggregates.ts';
import { take } from '../domain/notification.decide.ts';
import { toSignal, type Signal } from '../domain/signal.ts';

export interface IntakeDeps {
  readonly bus: Bus;
  readonly store: EventStore;
  readonly log: EventLog;
  readonly systemId: string;
  readonly metrics: MessagingMetrics;
  /** Told the last number of the log after each batch. */
  readonly onWritten: (head: bigint) => void;
  /** Told of every try that failed, and of what was given up. */
  readonly report: (occurrence: Occurrence) => void;
}

/** Writes down everything that is on the bus and notifies of what needs a person. One instance at a time: it is the one writer of the log. */
export async function takeIn(deps: IntakeDeps, signal: AbortSignal): Promise<void> {
  const { bus, metrics, report } = deps;
  const sources = [
    ...SUBSCRIPTIONS.filter(({ consumer }) => consumer === 'notifications').map(sourceOf),
    redriveSourceOf('notifications'),
  ];
  const handle = (items: readonly { readonly event: CloudEvent }[]): Promise<void> =>
    takeBatch(
      deps,
      items.map(({ event }) => event),
    );
  await Promise.all(sources.map((source) => consumeBatches({ bus, source, signal, metrics, handle, report })));
}

/** The log first, then the notifications: both find their own earlier try, so the batch may come again. */
async function takeBatch(
  { store, log, systemId, onWritten }: IntakeDeps,
  events: readonly CloudEvent[],
): Promise<void> {
  const traces = events.map(({ traceparent }) => traceparent);
  onWritten(await inSpansOf('log events', traces, () => log.write(events)));
  for (const [actedUpon, { signals, last }] of signalsByThing(events)) {
    const id = notificationIdOf(actedUpon);
    const context = { correlationId: last.correlationid, causationId: last.id, systemId };
    await inSpanOf('take signals', last.traceparent, () =>
      handleCommand(store, notifications, id, context, (state) => ok(take(id, signals, state))),
    );
  }
}

interface Signalled {
  readonly signals: Signal[];
  last: CloudEvent;
}

function signalsByThing(events: readonly CloudEvent[]): ReadonlyMap<string, Signalled> {
  const things = new Map<string, Signalled>();
  for (const event of events) {
    const signal = toSignal(event);
    if (signal === undefined) continue;
    const thing = things.get(event.actedupon) ?? { signals: [], last: event };
    thing.signals.push(signal);
    thing.last = event;
    things.set(event.actedupon, thing);
  }
  return things;
}
