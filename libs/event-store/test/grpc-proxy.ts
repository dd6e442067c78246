import { once } from 'node:events';
import {
  connect,
  constants,
  createServer,
  type ClientHttp2Stream,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** What is done to the answers of some calls. */
export interface Fault {
  readonly method: 'Read' | 'BatchAppend';
  /** So many messages of a call's answer pass before it is ended. */
  readonly afterMessages: number;
  /** How the call is ended; without it, it goes on, and `instead` is what comes of its next message. */
  readonly status?: number;
  readonly trailers?: Readonly<Record<string, string>>;
  readonly instead?: (message: Buffer) => Buffer;
  /** So many calls are treated so; the others pass. */
  readonly times: number;
}

/** Passes gRPC calls on to a node on 127.0.0.1, and ends some of them as a server might that stops, moves its leader or is overloaded. */
export interface GrpcProxy extends AsyncDisposable {
  readonly port: number;
  readonly connectionString: string;
  become(fault: Fault): void;
  /** How many calls were treated since `become`. */
  readonly treated: number;
}

const PREFIX_BYTES = 5;

export async function startGrpcProxy(nodePort: number): Promise<GrpcProxy> {
  const node = connect(`http://127.0.0.1:${nodePort}`);
  const sessions = new Set<Http2Session>();
  let fault: Fault | undefined;
  let treated = 0;

  const take = (path: string): Fault | undefined => {
    if (fault === undefined || treated >= fault.times || !path.endsWith(`/${fault.method}`)) return undefined;
    return fault;
  };
  const pass = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    const path = String(headers[':path']);
    const forwarded = Object.entries(headers).filter(([name]) => name !== ':authority');
    const upstream = node.request(Object.fromEntries(forwarded));
    stream.pipe(upstream);
    const ended = { yes: false };
    relay(stream, upstream, ended, (count, message) => {
      const now = take(path);
      if (now === undefined || count <= now.afterMessages) return message;
      treated += 1;
      if (now.instead !== undefined) return now.instead(message);
      ended.yes = true;
      upstream.close(constants.NGHTTP2_CANCEL);
      finish(stream, { 'grpc-status': String(now.status), 'grpc-message': 'cut', ...now.trailers });
      return undefined;
    });
    for (const side of [stream, upstream]) side.on('error', () => undefined);
    stream.on('close', () => upstream.close(constants.NGHTTP2_CANCEL));
  };

  const server = createServer().listen(0, '127.0.0.1');
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  server.on('stream', pass);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    connectionString: `esdb://127.0.0.1:${port}?tls=false`,
    become(next) {
      fault = next;
      treated = 0;
    },
    get treated() {
      return treated;
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      node.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Ends a call with its status, whether or not it has begun to answer. */
function finish(stream: ServerHttp2Stream, trailers: Readonly<Record<string, string>>): void {
  if (stream.destroyed) return;
  if (!stream.headersSent) {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...trailers }, { endStream: true });
    return;
  }
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end();
}

/** Gives each message of the answer to `treat`, and passes on what that gives. */
function relay(
  stream: ServerHttp2Stream,
  upstream: ClientHttp2Stream,
  ended: { yes: boolean },
  treat: (count: number, message: Buffer) => Buffer | undefined,
): void {
  let rest = Buffer.alloc(0);
  let count = 0;
  let trailers: Record<string, string> = { 'grpc-status': '14', 'grpc-message': 'the node is gone' };
  const begin = (): void => {
    if (!stream.headersSent && !stream.destroyed)
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  };
  upstream.on('response', (headers) => {
    if (headers['grpc-status'] !== undefined) trailers = statusOf(headers);
  });
  upstream.on('trailers', (headers: IncomingHttpHeaders) => {
    trailers = statusOf(headers);
  });
  upstream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (!ended.yes && rest.length >= PREFIX_BYTES && rest.length >= PREFIX_BYTES + rest.readUInt32BE(1)) {
      const bytes = PREFIX_BYTES + rest.readUInt32BE(1);
      count += 1;
      const message = treat(count, rest.subarray(PREFIX_BYTES, bytes));
      rest = rest.subarray(bytes);
      if (message === undefined) return;
      begin();
      stream.write(framed(message));
    }
  });
  upstream.on('close', () => {
    if (!ended.yes) finish(stream, trailers);
  });
}

function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

const statusOf = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(':') || name === 'content-type' || name === 'date' || value === undefined
        ? []
        : [[name, String(value)]],
    ),
  );
