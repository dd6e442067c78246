import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server of this machine on which bytes are counted. */
export interface CountingProxy extends AsyncDisposable {
  readonly port: number;
  /** Passed on so far, as they were on the wire: with TLS and all framing. */
  readonly bytes: { readonly fromServer: number; readonly fromClients: number };
}

export async function openCountingProxy(targetPort: number): Promise<CountingProxy> {
  const bytes = { fromServer: 0, fromClients: 0 };
  const sockets = new Set<Socket>();
  const join = (from: Socket, to: Socket, count: 'fromServer' | 'fromClients'): void => {
    from.setNoDelay(true);
    sockets.add(from);
    from.on('data', (chunk) => (bytes[count] += chunk.length));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  };
  const server = createServer((client) => {
    const far = connect(targetPort, '127.0.0.1');
    join(client, far, 'fromClients');
    join(far, client, 'fromServer');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    bytes,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
