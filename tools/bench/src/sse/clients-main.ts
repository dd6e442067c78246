import { connect, type Socket } from 'node:net';

/** What the parent says: connect so many clients, and then each time the text that the last frame of a round holds. */
export type ToClients =
  | { readonly kind: 'connect'; readonly url: string; readonly headers: string; readonly count: number }
  | { readonly kind: 'await'; readonly marker: string };
/** What it is told: all are connected; each has the marker. */
export type FromClients = { readonly kind: 'connected' | 'done' };

/** Opened at once, so that the listener's backlog is not overrun. */
const WAVE = 100;
const sockets: Socket[] = [];
let marker = Buffer.from('never');
let waiting = 0;

const tell = (message: FromClients): void => void process.send?.(message);

/** Only looks for the marker: whoever reads 10,000 streams has no time for more. */
function watch(socket: Socket): void {
  let tail: Buffer = Buffer.alloc(0);
  let foundIn: Buffer | undefined;
  socket.on('data', (chunk: Buffer) => {
    if (foundIn === marker) return;
    const seam = Buffer.concat([tail, chunk.subarray(0, marker.length)]);
    tail = chunk.subarray(-marker.length);
    if (!chunk.includes(marker) && !seam.includes(marker)) return;
    foundIn = marker;
    waiting -= 1;
    if (waiting === 0) tell({ kind: 'done' });
  });
  socket.on('error', () => process.exit(1));
}

function open(url: URL, headers: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.write(`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n${headers}\r\n`);
    });
    socket.once('data', (head: Buffer) => {
      socket.off('error', reject);
      if (!head.toString('latin1').startsWith('HTTP/1.1 200')) {
        reject(new Error(head.toString('latin1')));
        return;
      }
      watch(socket);
      sockets.push(socket);
      resolve();
    });
  });
}

process.on('message', (message: ToClients) => {
  if (message.kind === 'await') {
    marker = Buffer.from(message.marker);
    waiting = sockets.length;
    return;
  }
  void (async () => {
    const url = new URL(message.url);
    for (let opened = 0; opened < message.count; opened += WAVE) {
      const wave = Math.min(WAVE, message.count - opened);
      await Promise.all(Array.from({ length: wave }, () => open(url, message.headers)));
    }
    tell({ kind: 'connected' });
  })();
});
process.on('disconnect', () => process.exit(0));
