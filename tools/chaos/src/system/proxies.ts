import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { resetSocket } from '@mooring/engines';

/** A way through which one service reaches one engine, and which can be cut. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** Resets every connection and refuses new ones until `open`. */
  cut(): void;
  /** Lets connections stand, and passes nothing on until `open`. */
  stall(): void;
  open(): void;
}

type Mode = 'open' | 'cut' | 'stalled';

/** Listens on a free port of 127.0.0.1 and passes everything on to another one. */
export async function openProxy(targetPort: number): Promise<Proxy> {
  let mode: Mode = 'open';
  const sockets = new Set<Socket>();

  const passOn = (from: Socket, to: Socket): void => {
    from.setNoDelay(true);
    sockets.add(from);
    from.on('data', (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => {
      if (mode === 'open') from.resume();
    });
    from.on('error', () => undefined);
    from.once('end', () => to.end());
    from.once('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (mode === 'stalled') from.pause();
  };

  const server: Server = createServer((near) => {
    if (mode === 'cut') {
      resetSocket(near);
      return;
    }
    const far = connect(targetPort, '127.0.0.1');
    passOn(near, far);
    passOn(far, near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      mode = 'cut';
      sockets.forEach(resetSocket);
    },
    stall() {
      mode = 'stalled';
      for (const socket of sockets) socket.pause();
    },
    open() {
      mode = 'open';
      for (const socket of sockets) socket.resume();
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}
