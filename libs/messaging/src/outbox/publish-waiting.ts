import { INVENTORY_STREAM, relaySubject, STRUCTURED_MEDIA_TYPE } from '@mooring/contracts';
import { unlessAborted } from '@mooring/kernel';
import { HEADERS } from '../bus/headers.ts';
import { within } from '../bus/within.ts';
import { createPipeline, type Break } from '../relay/pipeline.ts';
import { inboxPrefixOf } from '../users/inbox.ts';
import type { HeldMessage, OutgoingMessage } from './outbox-store.ts';
import type { OutboxOptions } from './run-outbox.ts';

/** Messages in flight at most; each may have 256 KiB. */
const WINDOW = 64;
const ACK_TIMEOUT_MS = 5_000;
/** How long a stopping publisher waits for what is in flight, in milliseconds. */
const SETTLE_MS = 2_000;

const publicationOf = ({ type, subject, id, number, data }: OutgoingMessage) => ({
  subject: relaySubject(type, subject),
  id,
  data,
  headers: { [HEADERS.contentType]: STRUCTURED_MEDIA_TYPE, [HEADERS.number]: number.toString() },
});

/**
 * Publishes what waits behind the end of the stream at `position` until something is irregular or `signal` aborts, and says what it was.
 * Rejects with what the outbox throws. When it settles, what the stream acknowledged is taken out, unless that failed.
 */
export async function publishWaiting(position: number, options: OutboxOptions): Promise<Break> {
  const { bus, store, signal, onStored } = options;
  const inHand = new Map<string, OutgoingMessage>();
  const acknowledged: HeldMessage[] = [];
  let taken = position;
  let taking: Promise<void> | undefined;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const isEnding = (): boolean => ending.signal.aborted;

  const takeAll = async (): Promise<void> => {
    try {
      while (acknowledged.length > 0) {
        const held = [...acknowledged];
        const to = held.at(-1)?.sequence ?? taken;
        await store.take(held, taken, to);
        taken = to;
        acknowledged.splice(0, held.length);
        for (const { id } of held) inHand.delete(id);
        onStored?.(held.length, to);
      }
    } finally {
      taking = undefined;
    }
  };
  const take = async (): Promise<void> => {
    if (acknowledged.length > 0) taking ??= takeAll();
    await taking;
  };

  const pipeline = createPipeline({
    connection: bus.connection,
    inboxPrefix: inboxPrefixOf(bus.name),
    stream: INVENTORY_STREAM,
    lastSequence: position,
    window: WINDOW,
    ackTimeoutMs: options.ackTimeoutMs ?? ACK_TIMEOUT_MS,
    onStored(sequence, id) {
      const message = inHand.get(id);
      if (message !== undefined) acknowledged.push({ id, subject: message.subject, number: message.number, sequence });
      // Where it fails, the loop below ends, and what was not taken out is recognised at the next start.
      take().catch(end);
    },
  });
  signal.addEventListener('abort', end, { once: true });
  const stopListening = bus.onDisconnect(() => pipeline.break({ kind: 'disconnected' }));
  void pipeline.broken.then(end);
  try {
    if (signal.aborted) end();
    while (!isEnding()) {
      const messages = await store.waiting(
        [...inHand.values()].map(({ place }) => place),
        WINDOW / 2,
      );
      for (const message of messages) {
        inHand.set(message.id, message);
        // A broken pipeline publishes nothing, and has room.
        const hasRoom = pipeline.publish(publicationOf(message));
        if (!hasRoom) await unlessAborted(ending.signal, pipeline.room());
        if (isEnding()) break;
      }
      if (messages.length === 0) await options.more(ending.signal);
    }
    await within(SETTLE_MS, pipeline.settled());
  } finally {
    pipeline.break({ kind: 'stopped' });
    stopListening();
    signal.removeEventListener('abort', end);
  }
  await take();
  const broken = await pipeline.broken;
  if (broken.kind === 'duplicate') await dropRepeat(broken.id);
  return broken;

  /** The stream has had it and its limits took it away since: it was stored, as it should be. */
  async function dropRepeat(id: string): Promise<void> {
    const repeat = inHand.get(id);
    if (repeat !== undefined) await store.take([{ ...repeat, sequence: taken }], taken, taken);
  }
}
