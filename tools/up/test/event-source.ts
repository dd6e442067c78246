import { delay } from '@mooring/kernel';
import type { System } from './system.ts';

/** One message of server-sent events, as the HTML standard dispatches it. */
export interface SseMessage {
  readonly id: string;
  /** `message` unless named. */
  readonly event: string;
  readonly data: string;
}

/** A client of the live stream that behaves as a browser's EventSource does. */
export interface EventSourceClient extends AsyncDisposable {
  readonly messages: readonly SseMessage[];
  /** How often it was answered with a stream. */
  readonly connections: number;
}

function* parse(lines: readonly string[]): Generator<SseMessage> {
  let message = { id: '', event: 'message', data: [] as string[] };
  for (const line of lines) {
    if (line === '') {
      if (message.data.length > 0) yield { ...message, data: message.data.join('\n') };
      message = { id: '', event: 'message', data: [] };
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === 'id') message.id = value;
    if (field === 'event') message.event = value;
    if (field === 'data') message.data.push(value);
  }
}

const RECONNECT_MS = 50;

/** Reads the live stream, and comes back with `Last-Event-ID` whenever it is cut off, until disposed. Resolves once it is connected. */
export async function followEvents(system: System, lastEventId = ''): Promise<EventSourceClient> {
  const messages: SseMessage[] = [];
  const stopping = new AbortController();
  const { promise: connected, resolve } = Promise.withResolvers<undefined>();
  let connections = 0;
  let last = lastEventId;

  const readOnce = async (): Promise<void> => {
    const response = await fetch(`${system.url}/api/events/stream`, {
      headers: {
        authorization: `Bearer ${system.token}`,
        accept: 'text/event-stream',
        ...(last === '' ? {} : { 'last-event-id': last }),
      },
      signal: stopping.signal,
    });
    if (response.status !== 200 || response.body === null) throw new Error(`answered ${response.status}`);
    connections += 1;
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      resolve(undefined);
      text += chunk;
      // Only whole messages count; what was cut off comes again.
      const end = text.lastIndexOf('\n\n') + 2;
      if (end < 2) continue;
      for (const message of parse(text.slice(0, end).split('\n'))) {
        messages.push(message);
        if (message.id !== '') last = message.id;
      }
      text = text.slice(end);
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await readOnce().catch(() => undefined);
      await delay(RECONNECT_MS, stopping.signal);
    }
  })();
  await connected;
  return {
    messages,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}
