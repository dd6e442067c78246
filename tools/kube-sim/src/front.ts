import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { resetSocket } from '@mooring/engines';

/**
 * The door of a simulated API server: a TCP proxy in the same process, because what goes wrong with connections (silence without an
 * end, an end without a goodbye) cannot be done from inside node's TLS and HTTP/2 servers.
 */
export interface Front {
  readonly port: number;
  /** Accepts connections, on the same port as before. Rejects when that is taken. */
  open(): Promise<void>;
  /** Refuses connections and ends those there are. */
  close(): Promise<void>;
  cutConnections(): void;
  setStalled(stalled: boolean): void;
}

export function createFront(options: { host: string; port: number; targetPort: number }): Front {
  let { port } = options;
  let server: Server | undefined;
  let stalled = false;
  const sockets = new Set<Socket>();

  const track = (socket: Socket, other: () => Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => {
      sockets.delete(socket);
      other().destroy();
    });
    socket.on('error', () => socket.destroy());
    return socket;
  };
  const accept = (incoming: Socket): void => {
    const outgoing: Socket = createConnection({ host: '127.0.0.1', port: options.targetPort });
    track(incoming, () => outgoing);
    track(outgoing, () => incoming);
    incoming.pipe(outgoing).pipe(incoming);
    if (stalled) silence(incoming, outgoing);
  };
  const silence = (...pair: Socket[]): void => {
    for (const socket of pair) {
      socket.unpipe();
      socket.pause();
    }
  };
  const cutConnections = (): void => {
    sockets.forEach(resetSocket);
  };

  return {
    get port() {
      return port;
    },
    async open() {
      if (server !== undefined) return;
      const opening = createServer(accept);
      await new Promise<void>((resolve, reject) => {
        opening.once('error', reject);
        opening.listen(port, options.host, resolve);
      });
      server = opening;
      const address = opening.address();
      if (address !== null && typeof address !== 'string') port = address.port;
    },
    async close() {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
      cutConnections();
      await closed;
    },
    cutConnections,
    setStalled(next) {
      if (stalled === next) return;
      stalled = next;
      // Bytes that were swallowed by the silence are lost to the stream, so silent connections cannot be brought back, only ended.
      if (stalled) silence(...sockets);
      else cutConnections();
    },
  };
}
