import type { InProcessService } from '@mooring/service-host';

/** What a client of the live stream got so far. */
export interface LiveClient extends AsyncDisposable {
  readonly status: number;
  readonly messages: { readonly event?: string; readonly id: number; readonly data: string }[];
}

/** A client as a browser is one: it reads, and goes on after the last id it got when it is told to. */
export async function listen(service: InProcessService, lastEventId?: string): Promise<LiveClient> {
  const leaving = new AbortController();
  const response = await fetch(`${service.url}/api/events/stream`, {
    signal: leaving.signal,
    headers: { ...service.gatewayHeaders, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
  });
  const messages: LiveClient['messages'] = [];
  const reading = (async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      messages.push(...blocks.flatMap(parse));
    }
  })().catch(() => undefined);
  return {
    status: response.status,
    messages,
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await reading;
    },
  };
}

function parse(block: string): LiveClient['messages'] {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const [id, data, event] = [fields.get('id'), fields.get('data'), fields.get('event')];
  return id === undefined || data === undefined
    ? []
    : [{ id: Number(id), data, ...(event === undefined ? {} : { event }) }];
}
