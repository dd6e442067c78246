import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@mooring/testing';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { streamEvents } from '../src/http/event-stream.ts';
import { createHub } from '../src/log/hub.ts';
import { createInMemoryLog } from './in-memory-log.ts';

const ENTRY_BYTES = 4_000;
/** A page of entries, and what the sockets of both ends hold. */
const BUFFERED_BYTES_MAX = 500 * (ENTRY_BYTES + 200) + 2_000_000;

let opened: AsyncDisposableStack | undefined;

afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
});

/** The stream over a real socket, from a log in memory that remembers only its last entries. */
async function serve() {
  await using stack = new AsyncDisposableStack();
  const stopping = new AbortController();
  const log = createInMemoryLog();
  const hub = stack.use(
    createHub(log, { pollMs: 5, keep: 1_000, signal: stopping.signal, onFailure: () => undefined }),
  );
  await hub.open();
  stack.defer(() => stopping.abort());
  const streams: { readonly response: ServerResponse; ended: boolean }[] = [];
  const server = createServer((request, response) => {
    const stream = { response, ended: false };
    streams.push(stream);
    const header = request.headers['last-event-id'];
    const lastEventId = typeof header === 'string' ? header : undefined;
    void streamEvents({ response, lastEventId, log, hub, signal: stopping.signal }).finally(
      () => (stream.ended = true),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stack.defer(async () => {
    stopping.abort();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const connect = (lastEventId?: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
      get({ port, host: '127.0.0.1', headers, agent: false }, resolve).on('error', reject);
    });
  opened = stack.move();
  return { log, hub, streams, connect, stopping };
}

/** The ids in a stream, as they come. */
function idsOf(response: IncomingMessage): number[] {
  const ids: number[] = [];
  let rest = '';
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('id: ')) ids.push(Number(line.slice(4)));
  });
  return ids;
}

const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('a live stream', () => {
  it('holds a bounded piece for a reader that does not read, holds back no other, and leaves nothing out when it reads again', async () => {
    const { log, hub, streams, connect } = await serve();
    const slow = await connect('0');
    slow.pause();
    const fast = idsOf(await connect('0'));
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    for (let round = 1; round <= 100; round += 1) {
      log.grow(100, ENTRY_BYTES);
      hub.nudge();
      await eventually(() => fast.length === round * 100);
    }
    process.off('warning', onWarning);
    expect(fast).toEqual(upTo(10_000));
    const held = streams.map(({ response }) => response.writableLength);
    expect(Math.max(...held)).toBeGreaterThan(0);
    expect(Math.max(...held)).toBeLessThan(BUFFERED_BYTES_MAX);
    expect(streams.map(({ response }) => response.listenerCount('drain'))).toEqual([1, 1]);
    expect(warnings).toEqual([]);
    const ids = idsOf(slow);
    slow.resume();
    await eventually(() => ids.length === 10_000, { timeoutMs: 10_000 });
    expect(ids).toEqual(upTo(10_000));
  }, 30_000);

  it('misses nothing that is written while it looks, and waits when there is nothing', async () => {
    const { log, hub, connect } = await serve();
    const ids = idsOf(await connect('0'));
    for (let round = 0; round < 500; round += 1) {
      log.grow(1);
      hub.nudge();
      if (round % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => ids.length === 500);
    expect(ids).toEqual(upTo(500));
  });

  it('ends for a client that leaves, also when nothing happens, and for all at the stop', async () => {
    const { streams, connect, stopping } = await serve();
    const leaving = await connect();
    const staying = await connect();
    leaving.destroy();
    await eventually(() => streams[0]?.ended === true);
    expect(streams[1]?.ended).toBe(false);
    const over = new Promise((resolve) => staying.on('end', resolve).resume());
    stopping.abort();
    await over;
    await eventually(() => streams[1]?.ended === true);
  });

  it('ends for a client that had left before it began', async () => {
    const log = createInMemoryLog();
    const hub = {
      head: 0n,
      open: () => Promise.resolve(),
      nudge: () => undefined,
      recent: () => [],
      onNews: () => () => undefined,
    };
    const ended = await new Promise<string>((resolve, reject) => {
      const server = createServer((request, response) => {
        request.socket.destroy();
        response.on('close', () => {
          const signal = new AbortController().signal;
          const dispose = () => Promise.resolve();
          streamEvents({
            response,
            lastEventId: undefined,
            log,
            hub: { ...hub, [Symbol.asyncDispose]: dispose },
            signal,
          })
            .then(() => resolve('ended'), reject)
            .finally(() => server.close());
        });
      }).listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        get({ port, host: '127.0.0.1', agent: false }).on('error', () => undefined);
      });
    });
    expect(ended).toBe('ended');
  });

  it('says reset for an id that was never given out, with the one to go on from', async () => {
    const { log, hub, connect } = await serve();
    log.grow(3);
    hub.nudge();
    const response = await connect('77');
    const ids = idsOf(response);
    let text = '';
    response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await eventually(() => text.includes('event: reset\nid: 3\n'));
    log.grow(1);
    hub.nudge();
    await eventually(() => ids.length === 2);
    expect(ids).toEqual([3, 4]);
  });
});
