import { createConnection, createServer } from 'node:net';
import { Failure } from '@mooring/kernel';

const LOOPBACK = '127.0.0.1';
/**
 * Linux gives ports from 32,768 on to whoever asks for any, which every connection does: whoever listens there and stops for a while may find the
 * port taken by one, or its clients connected to themselves. Rows are from here to below 29,200, single ports from there to below 32,720.
 */
const ROWS_FROM = 10_000;
const SINGLES_FROM = 29_200;
const SLICES = 8;
const SLICE_SPAN = 2_400;
const SINGLES_SPAN = 440;

/** The workers of one Jest, who ask at the same time, and what they start, look in slices of their own. */
function ownSlice(): number {
  const worker = process.env['JEST_WORKER_ID'];
  return worker === undefined ? Math.floor(Math.random() * SLICES) : Number(worker) % SLICES;
}

const singlesFrom = SINGLES_FROM + ownSlice() * SINGLES_SPAN;
let offset = Math.floor(Math.random() * SINGLES_SPAN);

/**
 * A TCP port of 127.0.0.1 that was free a moment ago; another process may take it before you do. The same one is not given twice soon.
 *
 * @throws Failure `limit` when none of some hundred ports is free
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < SINGLES_SPAN; tried += 1) {
    offset = (offset + 1) % SINGLES_SPAN;
    const port = singlesFrom + offset;
    if (await canListen(port)) return port;
  }
  throw new Failure('limit', `no port of 127.0.0.1 from ${singlesFrom} to ${singlesFrom + SINGLES_SPAN - 1} is free`);
}

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });

/** Whether something accepts connections on this port of 127.0.0.1. */
export function isPortTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: LOOPBACK });
    const end = (taken: boolean) => (): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });
}

/** So many ports of 127.0.0.1 in a row that were free a moment ago. A start takes them only seconds later. */
export async function freePortRow(count: number): Promise<number> {
  const slice = ownSlice();
  for (;;) {
    const first = ROWS_FROM + slice * SLICE_SPAN + count * Math.floor(Math.random() * Math.floor(SLICE_SPAN / count));
    const row = Array.from({ length: count }, (_, index) => isPortTaken(first + index));
    if (!(await Promise.all(row)).includes(true)) return first;
  }
}

export const portInUse = (what: string, port: number): Failure =>
  new Failure(
    'conflict',
    `${what} cannot listen on 127.0.0.1:${port}: another program does. Stop it, or choose another port`,
    { details: { port } },
  );
