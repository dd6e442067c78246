import {
  hiddenSchema,
  INTERNAL_HEADER,
  isProbe,
  Problem,
  traceOf,
  USER_HEADER,
  type Secret,
} from '@mooring/service-host';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Route, Routes } from '../routes.ts';
import { acceptEveryMethod } from './every-method.ts';
import type { Forwarder } from './forward.ts';
import { checkHost, checkOrigin } from './same-site.ts';
import { securityHeaders } from './security-headers.ts';
import { SIGN_IN_PAGE } from './sign-in-page.ts';
import { isAuthenticated, tokenCookie } from './token.ts';

export interface GatewayHttp {
  readonly token: Secret;
  readonly internalSecret: Secret;
  readonly allowedHosts: readonly string[];
  readonly userId: string;
  readonly routes: Routes;
  readonly forwarder: Forwarder;
}

const pathOf = (request: FastifyRequest): string => request.raw.url?.split('?', 1)[0] ?? '';

const isApi = (path: string): boolean => path === '/api' || path.startsWith('/api/');

/** Dot segments, plain or encoded: nobody needs them, and two readers of one path could disagree on them. */
const hasDotSegments = (path: string): boolean => /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path);

/** Everything the gateway does to a request before anybody answers it. Probes are asked by machines and have no business here. */
export function guard(http: FastifyInstance, gateway: GatewayHttp): void {
  http.addHook('onRequest', async (request, reply) => {
    if (isProbe(request)) return;
    const path = pathOf(request);
    const api = isApi(path);
    void reply.headers(securityHeaders(api ? 'data' : 'page'));
    checkHost(request.raw.headers.host, request.raw.socket.localPort ?? 0, gateway.allowedHosts);
    checkOrigin(request.method, request.raw.headers);
    if (hasDotSegments(path)) throw new Problem(400, 'malformed-url', 'The URL cannot be read');
    if (signIn(request, reply, path, gateway.token)) return reply;
    if (isAuthenticated(request.raw.headers, gateway.token)) return;
    if (api) throw notAuthenticated();
    return reply.status(401).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(SIGN_IN_PAGE);
  });
}

const notAuthenticated = (): Problem =>
  new Problem(401, 'unauthenticated', 'A token is needed', {
    detail: 'Send "Authorization: Bearer <token>" with the token that the start of the system printed.',
    headers: { 'www-authenticate': 'Bearer realm="mooring"' },
  });

/** `GET /?token=…`, the printed link: puts the token into a cookie and out of the address bar. */
function signIn(request: FastifyRequest, reply: FastifyReply, path: string, token: Secret): boolean {
  const given = new URLSearchParams(request.raw.url?.split('?')[1] ?? '').get('token');
  if (request.method !== 'GET' || path !== '/' || given === null || !token.equals(given)) return false;
  void reply.header('set-cookie', tokenCookie(token)).header('cache-control', 'no-store').redirect('/', 303);
  return true;
}

/** The one handler of all that has no route of its own: to a service by its path, or to the console. */
export function serveUpstreams(http: FastifyInstance, gateway: GatewayHttp): void {
  http.register((scope, _options, done) => {
    // Bodies pass through as they come; the services read them.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    const lead = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const { upstream, bodyBytesMax } = routeOf(request, gateway.routes);
      const headers = {
        [INTERNAL_HEADER]: gateway.internalSecret.reveal(),
        [USER_HEADER]: gateway.userId,
        traceparent: traceOf(request).traceparent,
      };
      await gateway.forwarder.forward(request, reply, { upstream, bodyBytesMax, headers });
    };
    // Fastify itself refuses a QUERY without a media type, which only the service can judge; after its hooks it does not. Not
    // earlier than this: a path of the gateway's own would not be told from one that nobody answers.
    const preParsing = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      if (request.method === 'QUERY') await lead(request, reply);
    };
    // Which methods a path has only its service knows, also of those that Fastify does not.
    acceptEveryMethod(scope);
    scope.all('/*', { schema: hiddenSchema(), preParsing }, lead);
    done();
  });
}

function routeOf(request: FastifyRequest, routes: Routes): Route {
  const path = pathOf(request);
  if (!isApi(path)) {
    if (request.method === 'GET' || request.method === 'HEAD') return routes.console;
    throw new Problem(405, 'method-not-allowed', 'This method is not allowed here', {
      headers: { allow: 'GET, HEAD' },
    });
  }
  const route = routes.api(path);
  if (route === undefined) throw new Problem(404, 'no-such-path', 'There is nothing at this path');
  return route;
}
