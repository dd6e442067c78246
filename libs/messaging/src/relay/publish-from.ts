import { encodeStructured, relaySubject, STRUCTURED_MEDIA_TYPE, streamOf, type CloudEvent } from '@mooring/contracts';
import type { FollowStatus, StoredEvent } from '@mooring/event-store';
import { unlessAborted } from '@mooring/kernel';
import type { Span } from '@opentelemetry/api';
import { HEADERS } from '../bus/headers.ts';
import { startPublishSpan, traceparentOf } from '../bus/tracing.ts';
import { within } from '../bus/within.ts';
import { inboxPrefixOf } from '../users/inbox.ts';
import { createPipeline, type Break, type Publication } from './pipeline.ts';
import type { RelayOptions } from './relay.ts';
import type { Tail } from './tail.ts';

const WINDOW = 256;
const ACK_TIMEOUT_MS = 5_000;
/** How long an ending relay waits for what is in flight, in milliseconds. */
const SETTLE_MS = 2_000;

function publicationOf(event: CloudEvent, stored: StoredEvent, relay: string, span: Span): Publication {
  return {
    subject: relaySubject(event.type, event.subject),
    id: event.id,
    data: encodeStructured(event),
    headers: {
      [HEADERS.contentType]: STRUCTURED_MEDIA_TYPE,
      [HEADERS.traceparent]: traceparentOf(span, event.traceparent),
      [HEADERS.position]: stored.position.toString(),
      [HEADERS.relay]: relay,
    },
  };
}

export interface PublishListener {
  onStored(sequence: number): void;
  onFollow(status: FollowStatus): void;
}

/**
 * Publishes everything after `tail` until something is irregular or `signal` aborts, and says what it was. Rejects with
 * what the follower or `toCloudEvent` threw. When it settles nothing of it runs any more.
 */
export async function publishFrom(
  tail: Tail,
  relay: string,
  options: RelayOptions,
  listener: PublishListener,
): Promise<Break> {
  const { bus, producer, signal, metrics } = options;
  const spans = new Map<string, Span>();
  const pipeline = createPipeline({
    connection: bus.connection,
    inboxPrefix: inboxPrefixOf(bus.name),
    stream: streamOf(producer),
    lastSequence: tail.lastSequence,
    window: options.window ?? WINDOW,
    ackTimeoutMs: options.ackTimeoutMs ?? ACK_TIMEOUT_MS,
    onStored(sequence, id) {
      spans.get(id)?.end();
      spans.delete(id);
      metrics?.published.inc({ producer });
      metrics?.relayInFlight.set({ producer }, pipeline.inFlight);
      listener.onStored(sequence);
    },
  });
  const ending = new AbortController();
  const end = (): void => ending.abort();
  signal.addEventListener('abort', end, { once: true });
  const stopListening = bus.onDisconnect(() => pipeline.break({ kind: 'disconnected' }));
  void pipeline.broken.then(end);
  try {
    if (!signal.aborted)
      await options.store.follow({
        prefixes: options.prefixes,
        from: tail.own?.position ?? 'start',
        expectAt: tail.own && { position: tail.own.position, eventId: tail.own.eventId },
        signal: ending.signal,
        onStatus: (status) => listener.onFollow(status),
        async handle({ events }) {
          for (const stored of events) {
            const event = options.toCloudEvent(stored);
            if (event === undefined) continue;
            const span = startPublishSpan(event.type, event.traceparent, { 'mooring.event.id': event.id });
            spans.set(event.id, span);
            const hasRoom = pipeline.publish(publicationOf(event, stored, relay, span));
            if (!hasRoom) await unlessAborted(ending.signal, pipeline.room());
            if (ending.signal.aborted) return;
          }
        },
      });
  } finally {
    await within(SETTLE_MS, pipeline.settled());
    pipeline.break({ kind: 'stopped' });
    stopListening();
    signal.removeEventListener('abort', end);
    for (const span of spans.values()) span.end();
    metrics?.relayInFlight.set({ producer }, 0);
  }
  return pipeline.broken;
}
