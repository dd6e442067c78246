import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP address that leads to one port, and for new connections to another one when it is told so: a failover. */
export interface SwitchableFront extends AsyncDisposable {
  readonly server: string;
  /** Connections there are. */
  readonly open: number;
  /** Of new connections; those there are stay where they are. */
  leadTo(server: string): void;
  cutAllButFirst(): void;
}

export async function createSwitchableFront(server: string): Promise<SwitchableFront> {
  let target = server;
  const connections = new Set<Socket>();
  const listener = createServer((incoming) => {
    const outgoing = createConnection({ host: '127.0.0.1', port: Number(new URL(target).port) });
    connections.add(incoming);
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        connections.delete(incoming);
        other.destroy();
      });
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve));
  return {
    server: `https://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    get open() {
      return connections.size;
    },
    leadTo(next) {
      target = next;
    },
    cutAllButFirst() {
      for (const socket of [...connections].slice(1)) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of connections) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
