import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { hostConfigForTest, Secret, startInProcess, type InProcessService } from '@mooring/service-host';
import { acceptEveryMethod } from '../src/http/every-method.ts';
import { gateway } from '../src/index.ts';

/** A service behind the gateway: a real server that answers what a test makes it answer. */
export interface FakeUpstream extends AsyncDisposable {
  readonly url: string;
  readonly http: FastifyInstance;
  readonly requests: FastifyRequest[];
}

/** Echoes whatever comes: method, URL, headers, body as text. `more` adds routes that go first. */
export async function startUpstream(
  name: string,
  more: (http: FastifyInstance) => void = () => undefined,
): Promise<FakeUpstream> {
  const http = fastify({ bodyLimit: 50 * 1024 * 1024, forceCloseConnections: true });
  const requests: FastifyRequest[] = [];
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  http.addHook('onRequest', (request, _reply, done) => {
    requests.push(request);
    done();
  });
  more(http);
  acceptEveryMethod(http);
  http.get('/readyz', () => ({ ready: true, contributors: [] }));
  http.all('/*', ({ method, url, headers, body }, reply) =>
    reply.header('x-service', name).header('x-mooring-inner', 'x').send({ name, method, url, headers, body }),
  );
  await http.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`,
    http,
    requests,
    [Symbol.asyncDispose]: () => http.close(),
  };
}

export const TOKEN = randomBytes(32).toString('hex');
export const USER = randomUUID();

export interface TestGateway extends AsyncDisposable {
  readonly service: InProcessService;
  readonly url: string;
  /** Asks with the token, and with `headers` besides or instead. */
  ask(path: string, init?: RequestInit): Promise<Response>;
}

export interface TestUpstreams {
  readonly connections: string;
  readonly discovery: string;
  readonly notifications: string;
  readonly console: string;
}

export async function startGateway(
  urls: TestUpstreams,
  config: { upstreamTimeoutMs?: number; allowedHosts?: readonly string[]; internalSecret?: Secret } = {},
): Promise<TestGateway> {
  const service = await startInProcess(gateway, {
    ...hostConfigForTest({ logLevel: 'silent' }),
    token: new Secret(TOKEN),
    userId: USER,
    allowedHosts: [],
    connectionsUrl: urls.connections,
    discoveryUrl: urls.discovery,
    notificationsUrl: urls.notifications,
    consoleUrl: urls.console,
    upstreamTimeoutMs: 5_000,
    ...config,
  });
  return {
    service,
    url: service.url,
    ask: (path, init = {}) =>
      fetch(`${service.url}${path}`, {
        redirect: 'manual',
        ...init,
        headers: { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string> | undefined) },
      }),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}
