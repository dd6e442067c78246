import { createServer } from 'node:http';
import type { SimulatedCluster } from './cluster.ts';

export interface Switchboard extends AsyncDisposable {
  readonly port: number;
}

type Action = 'stop' | 'start';

const ROUTE = /^\/clusters\/([^/]+)\/(stop|start)$/;

/**
 * A small HTTP server on loopback with which a person takes a cluster away and brings it back: `POST /clusters/NAME/stop` and `/start`
 * (204, 404 for an unknown name). Pages of other sites cannot use it: a browser's request names its origin, and is refused (403).
 */
export async function openSwitchboard(port: number, clusters: readonly SimulatedCluster[]): Promise<Switchboard> {
  const server = createServer((request, response) => {
    const answer = (code: number, text = ''): void => {
      response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(text === '' ? text : `${text}\n`);
    };
    if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined) {
      answer(403, 'not from a page');
      return;
    }
    const [, name, action] = ROUTE.exec(request.url ?? '') ?? [];
    const cluster = clusters.find((each) => each.name === name);
    if (cluster === undefined || action === undefined) {
      answer(404, `POST /clusters/NAME/stop or /start; NAME is one of ${clusters.map((each) => each.name).join(', ')}`);
      return;
    }
    if (request.method !== 'POST') {
      answer(405, 'POST');
      return;
    }
    cluster[action as Action]().then(
      () => answer(204),
      (error: unknown) => answer(409, error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: address === null || typeof address === 'string' ? port : address.port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
