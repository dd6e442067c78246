import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { messageOf } from '@mooring/kernel';
import { cannotListen } from '../listening.ts';
import { SERVER_VERSION } from '../grpc/server-features.ts';
import type { NodeMetrics } from '../metrics.ts';

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Routes by method and path, as a real node names them. */
export const createRoutes = (metrics: NodeMetrics): Readonly<Record<string, HttpHandler>> => ({
  'GET /health/live': (_request, response) => {
    response.writeHead(204).end();
  },
  'GET /info': (_request, response) => {
    const features = { projections: false, userManagement: true, atomPub: false };
    const info = { esVersion: SERVER_VERSION, state: 'leader', features };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(info));
  },
  'GET /metrics': async (_request, response) => {
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  },
});

/** By method and path; a `*` in a route stands for one part of a path. */
function route(routes: Readonly<Record<string, HttpHandler>>, request: IncomingMessage): HttpHandler | undefined {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const asked = `${request.method === 'HEAD' ? 'GET' : (request.method ?? '')} ${path}`;
  const found = Object.keys(routes).find(
    (pattern) =>
      pattern === asked ||
      (pattern.includes('*') && new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`, 'u').test(asked)),
  );
  return found === undefined ? undefined : routes[found];
}

/** A certificate with its chain and its private key, in PEM. */
export interface TlsFiles {
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
}

/** @throws Failure `unavailable` when the port is in use. */
export async function listenHttp(
  routes: Readonly<Record<string, HttpHandler>>,
  { host, port, tls }: { readonly host: string; readonly port: number; readonly tls?: TlsFiles | undefined },
): Promise<HttpServer> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const handler = route(routes, request);
    if (handler === undefined) {
      response.writeHead(404).end();
      return;
    }
    Promise.resolve(handler(request, response)).catch((thrown: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(messageOf(thrown));
    });
  };
  const server =
    tls === undefined
      ? createServer(answer)
      : createSecureServer({ cert: tls.certificate, key: tls.privateKey }, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(cannotListen(host, port, error));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
