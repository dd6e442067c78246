import { connect, constants, type IncomingHttpHeaders } from 'node:http2';
import type { SimulatedCluster } from '../src/cluster.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Stream extends Disposable {
  /** All that has come, as it came. */
  readonly text: string;
  readonly ended: boolean;
  /** Ended without an error of HTTP/2. */
  readonly endedInOrder: boolean;
  until(condition: (stream: Stream) => boolean): Promise<void>;
}

/** Opens a stream on a connection of its own, with the cluster's token. */
export function open(cluster: SimulatedCluster, path: string, accept = 'application/json'): Stream {
  const session = connect(cluster.server, { ca: cluster.keys.caPem });
  session.on('error', () => undefined);
  const stream = session.request({ ':path': path, accept, authorization: `Bearer ${cluster.keys.token}` });
  const chunks: string[] = [];
  const looks = new Set<() => void>();
  let ended = false;
  const tell = (): void => [...looks].forEach((look) => look());
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk.toString());
    tell();
  });
  stream.on('close', () => {
    ended = true;
    tell();
  });
  const opened: Stream = {
    get text() {
      return chunks.join('');
    },
    get ended() {
      return ended;
    },
    get endedInOrder() {
      return ended && stream.rstCode === constants.NGHTTP2_NO_ERROR;
    },
    until: (condition) =>
      new Promise((resolve, reject) => {
        const finish = (): void => {
          clearTimeout(timer);
          looks.delete(look);
        };
        const look = (): void => {
          if (!condition(opened)) return;
          finish();
          resolve();
        };
        const timer = setTimeout(() => {
          finish();
          reject(new Error(`not within 5 s; came: ${opened.text.slice(-500)}`));
        }, 5_000);
        looks.add(look);
        look();
      }),
    [Symbol.dispose]: () => session.destroy(),
  };
  return opened;
}

/** One answer, whole. */
export function ask(cluster: SimulatedCluster, path: string, accept = 'application/json'): Promise<Answer> {
  const session = connect(cluster.server, { ca: cluster.keys.caPem });
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({ ':path': path, accept, authorization: `Bearer ${cluster.keys.token}` });
    const chunks: Buffer[] = [];
    let headers: IncomingHttpHeaders & { readonly ':status'?: number | undefined } = {};
    stream.once('response', (answer) => (headers = answer));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('error', reject);
    stream.once('end', () => {
      session.destroy();
      resolve({ status: headers[':status'] ?? 0, headers, text: Buffer.concat(chunks).toString() });
    });
  });
}
