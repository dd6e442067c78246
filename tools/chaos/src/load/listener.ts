import { delay } from '@mooring/kernel';
import type { Random } from '@mooring/testing';

/** One message of server-sent events, as it came. */
export interface HeardMessage {
  readonly id: string;
  /** `message` unless named. */
  readonly event: string;
  readonly data: string;
}

/** A client of the live stream, from the first event on, that comes back with `Last-Event-ID` whenever it is cut off. */
export interface Listener extends AsyncDisposable {
  readonly messages: readonly HeardMessage[];
  /** How often it was answered with a stream. */
  readonly connections: number;
}

const RECONNECT_MS = 100;
const STAY_MIN_MS = 200;
const STAY_SPREAD_MS = 8_000;

/** Messages that are whole, and what is left of the text behind them. */
export function readMessages(text: string): { readonly messages: readonly HeardMessage[]; readonly rest: string } {
  const end = text.lastIndexOf('\n\n') + 2;
  if (end < 2) return { messages: [], rest: text };
  const messages = text
    .slice(0, end)
    .split('\n\n')
    .flatMap((block) => {
      const fields = block.split('\n').map((line) => /^([^:]*):? ?(.*)$/.exec(line) ?? []);
      const of = (name: string): readonly string[] =>
        fields.flatMap(([, field, value]) => (field === name ? [value ?? ''] : []));
      const data = of('data');
      if (data.length === 0) return [];
      return [{ id: of('id').at(-1) ?? '', event: of('event').at(-1) ?? 'message', data: data.join('\n') }];
    });
  return { messages, rest: text.slice(end) };
}

export function listen(url: string, token: string, random: Random): Listener {
  const messages: HeardMessage[] = [];
  const stopping = new AbortController();
  let connections = 0;
  let last = '0';

  const readOnce = async (): Promise<void> => {
    const response = await fetch(`${url}/api/events/stream`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'last-event-id': last },
      // It also leaves by itself, in the middle of whatever comes.
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(STAY_MIN_MS + random.below(STAY_SPREAD_MS))]),
    });
    if (response.status !== 200 || response.body === null) return;
    connections += 1;
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const read = readMessages(text + chunk);
      text = read.rest;
      for (const message of read.messages) {
        messages.push(message);
        if (message.id !== '') last = message.id;
      }
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await readOnce().catch(() => undefined);
      await delay(RECONNECT_MS, stopping.signal);
    }
  })();
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
