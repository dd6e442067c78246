import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { ClusterKeys } from './certificates.ts';
import { createFront, type Front } from './front.ts';

export interface ApiServer extends AsyncDisposable {
  /** What clients connect to. */
  readonly front: Front;
  /** From the next connection on; those there are go on with what they began with. */
  setKeys(keys: ClusterKeys): void;
  /** Says goodbye on every HTTP/2 connection: each closes when what is under way on it has ended. */
  sayGoodbye(): void;
}

/** Serves HTTPS with HTTP/2 and HTTP/1.1 on loopback, behind a front at which connections can go wrong. */
export async function startApiServer(
  port: number,
  keys: ClusterKeys,
  answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<ApiServer> {
  const secure = ({ server: { certPem, keyPem }, caPem }: ClusterKeys) => ({ cert: certPem, key: keyPem, ca: caPem });
  const server = createSecureServer(
    {
      allowHTTP1: true,
      ...secure(keys),
      requestCert: true,
      rejectUnauthorized: false,
      settings: { maxConcurrentStreams: 250 },
    },
    answer,
  );
  const connections = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  // A client that goes away in the middle is daily business here.
  server.on('sessionError', () => undefined);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const inner = server.address();
  if (inner === null || typeof inner === 'string') throw new Error('the simulated API server has no port');
  const front = createFront({ host: '127.0.0.1', port, targetPort: inner.port });
  await front.open();
  return {
    front,
    sayGoodbye() {
      for (const session of sessions) session.close();
    },
    setKeys: (next) => server.setSecureContext(secure(next)),
    async [Symbol.asyncDispose]() {
      await front.close();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      // The server would wait for watches that never end by themselves.
      for (const session of sessions) session.destroy();
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}
