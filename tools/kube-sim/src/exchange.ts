import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { constants } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { delay } from '@mooring/kernel';
import { statusDocument } from './status.ts';

/** One request with the means to answer it, over HTTP/2 or HTTP/1.1. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly ifNoneMatch: string | undefined;
  readonly authorization: string | undefined;
  /** Whether the client proved itself by a certificate of the cluster's authority. */
  readonly certified: boolean;
  sendJson(code: number, body: object, headers?: Record<string, string>): void;
  sendStatus(code: number, message: string, headers?: Record<string, string>): void;
  sendText(code: number, body: string, headers?: Record<string, string>): void;
  /** 401, and the end of the connection: what a real API server does to whom it does not know, its answer to HTTP/2 rapid resets. */
  turnAway(): void;
  /** Headers at once; lines follow. */
  startStream(): LineStream;
}

export interface LineStream {
  /** Resolves when the client's flow control has room for more. Lines keep their order. */
  write(text: string): Promise<void>;
  /** Ends properly, after what was written. */
  end(): void;
  /** Ends like a broken connection, after `text` if given. */
  cut(text?: string): void;
  readonly closed: boolean;
  onClose(listener: () => void): void;
}

const DRIP_BYTES = 64;
/** What is smaller is never compressed, and a watch never is: as on a real server. */
const GZIP_BYTES_MIN = 128 * 1024;

async function* pieces(text: string, dripMs: number, closed: () => boolean): AsyncGenerator<string> {
  if (dripMs === 0) {
    yield text;
    return;
  }
  for (let at = 0; at < text.length && !closed(); at += DRIP_BYTES) {
    yield text.slice(at, at + DRIP_BYTES);
    await delay(dripMs);
  }
}

function createLineStream(response: Http2ServerResponse, dripMs: () => number): LineStream {
  let closed = false;
  let tail = Promise.resolve();
  let goOn: () => void = () => undefined;
  const onClosed = (): void => {
    closed = true;
    goOn();
  };
  response.on('close', onClosed);
  response.on('error', onClosed);
  response.on('drain', () => goOn());
  const writeNow = async (text: string): Promise<void> => {
    for await (const piece of pieces(text, dripMs(), () => closed)) {
      if (closed || response.write(piece)) continue;
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    }
  };
  const breakOff = (): void => {
    // Over HTTP/1.1 the response has no stream of its own: the connection is all there is to break.
    const { stream } = response as { stream?: Http2ServerResponse['stream'] };
    if (stream === undefined) response.socket.destroy();
    else stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  };
  return {
    write(text) {
      tail = tail.then(() => writeNow(text));
      return tail;
    },
    end() {
      tail = tail.then(() => {
        if (closed) return;
        // What is written from here on would break the stream, which ends a moment later.
        closed = true;
        response.end();
      });
    },
    cut(text) {
      tail = tail.then(() => {
        if (closed) return;
        // What is written from here on would follow the half line as if it were the rest of it.
        closed = true;
        if (text === undefined) breakOff();
        else response.write(text, breakOff);
      });
    },
    get closed() {
      return closed;
    },
    onClose: (listener) => void response.on('close', listener),
  };
}

/** What the transport is to do badly. */
export interface ExchangeFaults {
  readonly dripMs: number;
  readonly clockSkewMs: number;
}

export function createExchange(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  faults: ExchangeFaults,
): Exchange {
  const dripMs = (): number => faults.dripMs;
  const url = new URL(request.url, 'https://kube-sim');
  const { authorization, accept = '' } = request.headers;
  const zips = (request.headers['accept-encoding'] ?? '').includes('gzip');
  const date = (): Record<string, string> =>
    faults.clockSkewMs === 0 ? {} : { date: new Date(Date.now() + faults.clockSkewMs).toUTCString() };
  const socket = request.socket as { authorized?: boolean };
  let isTurnedAway = false;
  const sendText = (code: number, body: string, headers: Record<string, string> = {}): void => {
    const zipped = zips && dripMs() === 0 && Buffer.byteLength(body) >= GZIP_BYTES_MIN;
    const encoding: Record<string, string> = zipped ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {};
    response.writeHead(code, { 'content-type': 'application/json', ...date(), ...encoding, ...headers });
    if (dripMs() === 0) {
      // Level 1, as there: the time it takes is the server's.
      response.end(zipped ? gzipSync(body, { level: 1 }) : body, () => {
        if (isTurnedAway) (response as { stream?: Http2ServerResponse['stream'] }).stream?.session?.close();
      });
      return;
    }
    const stream = createLineStream(response, dripMs);
    void stream.write(body).then(() => stream.end());
  };
  const sendJson = (code: number, body: object, headers?: Record<string, string>): void =>
    sendText(code, JSON.stringify(body), headers);
  return {
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    accept,
    ifNoneMatch: request.headers['if-none-match'],
    authorization,
    certified: socket.authorized === true,
    sendText,
    sendJson,
    sendStatus: (code, message, headers) => sendJson(code, statusDocument(code, message), headers),
    turnAway() {
      isTurnedAway = true;
      sendJson(401, statusDocument(401, 'Unauthorized'));
    },
    startStream() {
      response.writeHead(200, { 'content-type': 'application/json', ...date() });
      // Node has it over both protocols; its types know it for HTTP/1.1 only.
      (response as Http2ServerResponse & { flushHeaders(): void }).flushHeaders();
      return createLineStream(response, dripMs);
    },
  };
}
