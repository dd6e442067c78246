import { createConnection, createServer } from 'node:net';
import { Failure } from '@mooring/kernel';

const LOOPBACK = '127.0.0.1';
/** Rows are from here to below 29,200; Linux gives ports from 32,768 on. */
const ROWS_FROM = 10_000;
const SLICES = 8;
const SLICE_SPAN = 2_400;

/** A TCP port of 127.0.0.1 that was free a moment ago; another process may take it before you do. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('a listening server has no port'));
      });
    });
  });
}

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

/**
 * So many ports of 127.0.0.1 in a row that were free a moment ago, below those that the system gives to whoever asks for any. A start
 * takes them only seconds later: the workers of one Jest, who start systems at the same time, and what they start, look in slices of their own.
 */
export async function freePortRow(count: number): Promise<number> {
  const worker = process.env['JEST_WORKER_ID'];
  const slice = worker === undefined ? Math.floor(Math.random() * SLICES) : Number(worker) % SLICES;
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
