import { callerSignal, Problem } from '@mooring/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream';
import type { Upstream } from '../routes.ts';
import { checkDeclaredLength, hasBody, limitBody } from './body-limit.ts';
import { toCaller, toUpstream } from './forward-headers.ts';
import { upstreamProblem } from './upstream-problem.ts';

export interface Target {
  readonly upstream: Upstream;
  readonly bodyBytesMax: number;
  /** Added to the caller's headers, instead of any of the same name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ForwarderOptions {
  /** For the service to begin its answer, from the last byte of the request's body on. */
  readonly timeoutMs: number;
  /** Ends event streams. */
  readonly stopping: AbortSignal;
}

/**
 * Passes a request to a service and its answer back, byte for byte and unbuffered: each side is read only as fast as the other
 * takes it, so a slow caller costs a few buffers and no more. When the caller leaves, the request to the service ends too.
 * Rejects with a `Problem` when there is no answer; an answer that breaks off midway cuts the caller's connection.
 */
export interface Forwarder extends AsyncDisposable {
  forward(request: FastifyRequest, reply: FastifyReply, target: Target): Promise<void>;
}

// No limit of connections: an event stream occupies one for as long as somebody looks at the page.
const AGENT_OPTIONS = { keepAlive: true, maxFreeSockets: 64 };

export function createForwarder({ timeoutMs, stopping }: ForwarderOptions): Forwarder {
  const agents = { http: new HttpAgent(AGENT_OPTIONS), https: new HttpsAgent(AGENT_OPTIONS) };

  const open = (request: FastifyRequest, { upstream, headers }: Target): ClientRequest => {
    const url = new URL(upstream.url);
    const secure = url.protocol === 'https:';
    return (secure ? httpsRequest : httpRequest)({
      hostname: url.hostname,
      port: url.port,
      // The path is the caller's, as it was sent; a URL object would normalise it.
      path: request.raw.url,
      method: request.method,
      headers: toUpstream(request.raw.headers, headers),
      agent: secure ? agents.https : agents.http,
      signal: callerSignal(request),
    });
  };

  return {
    async forward(request, reply, target) {
      checkDeclaredLength(request.raw, target.bodyBytesMax);
      const answer = await exchange(request, open(request, target), target, timeoutMs);
      reply.hijack();
      reply.raw.writeHead(answer.statusCode ?? 502, toCaller(answer.headers, reply.getHeaders()));
      reply.raw.flushHeaders();
      if (isEventStream(answer)) endWith(stopping, answer, reply);
      else answer.setTimeout(timeoutMs, () => answer.destroy());
      // Its own errors need no handling: it destroys both sides, which cuts the caller off.
      pipeline(answer, reply.raw, () => undefined);
    },
    [Symbol.asyncDispose]() {
      agents.http.destroy();
      agents.https.destroy();
      return Promise.resolve();
    },
  };
}

const isEventStream = ({ headers }: IncomingMessage): boolean =>
  headers['content-type']?.startsWith('text/event-stream') ?? false;

/** Ends the stream in an orderly way when the gateway stops, so that the browser asks again at once. */
function endWith(stopping: AbortSignal, answer: IncomingMessage, reply: FastifyReply): void {
  const end = (): void => {
    answer.unpipe(reply.raw);
    reply.raw.end();
    answer.destroy();
  };
  stopping.addEventListener('abort', end, { once: true });
  answer.once('close', () => stopping.removeEventListener('abort', end));
}

/** Sends the request and waits for the head of the answer. */
async function exchange(
  request: FastifyRequest,
  outgoing: ClientRequest,
  { upstream, bodyBytesMax }: Target,
  timeoutMs: number,
): Promise<IncomingMessage> {
  let connected = false;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    outgoing.destroy(new Error('timeout'));
  }, timeoutMs);
  outgoing.once('socket', (socket) => {
    connected = !socket.connecting;
    // Only on a new socket: one that is used again would collect a listener for every request.
    if (socket.connecting) socket.once('connect', () => (connected = true));
  });
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve).once('error', reject);
      sendBody(request.raw, outgoing, { bytesMax: bodyBytesMax, onChunk: () => timer.refresh(), fail: reject });
    });
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    throw upstreamProblem(upstream.name, { connected, timedOut, method: request.method });
  } finally {
    clearTimeout(timer);
    // What goes wrong after the head shows on the answer's stream.
    outgoing.on('error', () => undefined);
  }
}

function sendBody(
  from: IncomingMessage,
  to: ClientRequest,
  { bytesMax, onChunk, fail }: { bytesMax: number; onChunk: () => void; fail: (reason: Error) => void },
): void {
  if (!hasBody(from)) {
    to.end();
    return;
  }
  const limited = limitBody(bytesMax, onChunk);
  // A pipeline aborts a request without saying why, so the reason is taken from where it arises, which is heard first.
  limited.once('error', fail);
  from.pipe(limited);
  // The caller's side is no part of the pipeline: whoever answers before it has read everything would leave the rest on a
  // connection that the caller uses again. So the rest is thrown away.
  pipeline(limited, to, () => {
    from.unpipe(limited);
    from.resume();
  });
}
