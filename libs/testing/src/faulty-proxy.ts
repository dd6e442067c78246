import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { freePort, resetSocket } from '@mooring/engines';
import { delay } from '@mooring/kernel';

/**
 * How the way to an engine is:
 * - `open`: as if there were no proxy.
 * - `refused`: nobody listens, what was open is reset.
 * - `stalled`: connections are taken, and no byte passes in either direction; those of before are held back, not lost.
 * - `deaf`: requests pass, answers are thrown away.
 * - `delayMs`: every piece of an answer comes so much later.
 * - `deafFrom`: open, until a piece of a request holds this text; from then on `deaf`.
 */
export type Way =
  'open' | 'refused' | 'stalled' | 'deaf' | { readonly delayMs: number } | { readonly deafFrom: string };

/** A TCP proxy on 127.0.0.1 between a service and an engine, whose way can be made bad. */
export interface FaultyProxy extends AsyncDisposable {
  readonly port: number;
  /** `url` with this proxy's host and port in place of the engine's. */
  urlFor(url: string): string;
  /** Resolves when the way is so. Whoever lost answers (`deaf`) is cut off at the next change: what follows would make no sense. */
  become(way: Way): Promise<void>;
  /** Resets every open connection; new ones are as before. */
  cut(): void;
  readonly way: Way;
  /** Bytes that came from clients since the start. */
  readonly bytesFromClients: number;
}

interface Pair {
  readonly client: Socket;
  readonly engine: Socket;
  /** Whether answers were thrown away. */
  lostAnswers: boolean;
  /** Settles when every piece before was passed on, so that none overtakes another. */
  passed: Promise<void>;
}

/** Listens on a free port and leads to `enginePort` of 127.0.0.1. */
export async function startFaultyProxy(enginePort: number): Promise<FaultyProxy> {
  const port = await freePort();
  const pairs = new Set<Pair>();
  let way: Way = 'open';
  let server: Server | undefined;
  let bytesFromClients = 0;

  const reset = (pair: Pair): void => {
    pairs.delete(pair);
    resetSocket(pair.client);
    pair.engine.destroy();
  };
  const obey = ({ client, engine }: Pair): void => {
    for (const socket of [client, engine]) {
      if (way === 'stalled') socket.pause();
      else socket.resume();
    }
  };
  const answer = (pair: Pair, chunk: Buffer): void => {
    if (way === 'deaf') pair.lostAnswers = true;
    else {
      const dueAt = performance.now() + (typeof way === 'object' && 'delayMs' in way ? way.delayMs : 0);
      pair.passed = pair.passed
        .then(() => delay(Math.max(0, dueAt - performance.now())))
        .then(() => void pair.client.write(chunk));
    }
  };
  const join = (client: Socket): void => {
    const engine = connect({ port: enginePort, host: '127.0.0.1' });
    const pair: Pair = { client, engine, lostAnswers: false, passed: Promise.resolve() };
    pairs.add(pair);
    client.setNoDelay(true);
    engine.setNoDelay(true);
    client.on('data', (chunk) => {
      bytesFromClients += chunk.length;
      if (typeof way === 'object' && 'deafFrom' in way && chunk.includes(way.deafFrom)) way = 'deaf';
      engine.write(chunk);
    });
    engine.on('data', (chunk) => answer(pair, chunk));
    for (const socket of [client, engine]) {
      socket.on('error', () => reset(pair));
      socket.on('close', () => reset(pair));
    }
    obey(pair);
  };
  const listen = async (): Promise<void> => {
    server = createServer(join).listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const refuse = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    for (const pair of pairs) reset(pair);
    if (closing !== undefined) await new Promise((resolve) => closing.close(resolve));
  };
  await listen();

  return {
    port,
    urlFor(url) {
      const parsed = new URL(url);
      parsed.host = `127.0.0.1:${port}`;
      return parsed.href;
    },
    async become(next) {
      way = next;
      for (const pair of pairs) {
        if (pair.lostAnswers) reset(pair);
        else obey(pair);
      }
      if (next === 'refused') await refuse();
      else if (server === undefined) await listen();
    },
    cut() {
      for (const pair of pairs) reset(pair);
    },
    get way() {
      return way;
    },
    get bytesFromClients() {
      return bytesFromClients;
    },
    [Symbol.asyncDispose]: refuse,
  };
}
