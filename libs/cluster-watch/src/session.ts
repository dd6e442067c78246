import { constants, type ClientHttp2Stream, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { ok, refused, type Result } from '@mooring/kernel';
import type { ClusterAccess } from './access.ts';
import { readText, unzipped } from './bodies.ts';
import { refusedBecause, unreachable } from './explain.ts';
import { watchOver, type LivenessOptions } from './liveness.ts';
import { refusalOfError } from './network-refusal.ts';
import type { ClusterRefusal } from './refusal.ts';
import { retryAfterMsOf } from './retry-after.ts';
import { connectTransport, type ConnectOptions } from './transport.ts';

const STREAMS_UNSAID = 100;

export interface StreamedAnswer {
  readonly status: number;
  /** When it was asked for, of `performance.now()`. */
  readonly sentAt: number;
  /** What the server asked for, at most five minutes. */
  readonly retryAfterMs?: number;
  readonly etag?: string;
  /** Flow control follows the reader: what is not read is not sent. Throws when the stream breaks. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Ends the stream; the reader's iteration ends or throws. */
  readonly cancel: () => void;
}

export interface TextAnswer {
  readonly status: number;
  readonly retryAfterMs?: number;
  readonly etag?: string;
  readonly text: string;
}

export interface RequestOptions {
  /** Until the headers are there; for `get`, until everything is. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Default `application/json`. */
  readonly accept?: string;
  /** Whether the body may come gzipped; it is unpacked here. Default false: watches never are, and lists only where the server thinks it pays. */
  readonly gzip?: boolean;
  /** Answered with 304 when what is there is still this. */
  readonly etag?: string;
}

/** One HTTP/2 connection to an API server. */
export interface Session extends Disposable {
  /** Requests under way, watches included. */
  readonly streams: number;
  /** How many the server allows at a time, as far as it has said. */
  readonly streamsMax: number;
  /** Settles when the connection cannot be used any more, with the reason; never rejects. */
  readonly lost: Promise<ClusterRefusal>;
  readonly isLost: boolean;
  /** The server takes no further requests on it, or it is lost. */
  readonly isClosing: boolean;
  /** The whole body, which may have `bytesMax` bytes. */
  get(
    path: string,
    options: RequestOptions & { readonly bytesMax: number },
  ): Promise<Result<TextAnswer, ClusterRefusal>>;
  open(path: string, options: RequestOptions): Promise<Result<StreamedAnswer, ClusterRefusal>>;
  /** Closes at once; `lost` settles. */
  [Symbol.dispose](): void;
}

export interface SessionOptions extends ConnectOptions, LivenessOptions {}

type AnswerHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader;

const answered = (
  stream: ClientHttp2Stream,
  { timeoutMs, signal }: RequestOptions,
): Promise<Result<AnswerHeaders, ClusterRefusal>> =>
  new Promise((resolve) => {
    const finish = (result: Result<AnswerHeaders, ClusterRefusal>): void => {
      clearTimeout(timer);
      if (!result.ok) stream.close(constants.NGHTTP2_CANCEL);
      resolve(result);
    };
    const onAbort = (): void => {
      stream.close(constants.NGHTTP2_CANCEL);
      finish(refused(unreachable('network', 'the request was stopped')));
    };
    const timer = setTimeout(
      () => finish(refused(unreachable('stalled', `the API server did not answer within ${timeoutMs} ms`))),
      timeoutMs,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    stream.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      finish(refused(unreachable('network', 'the API server ended the request without an answer')));
    });
    stream.once('response', (headers) => finish(ok(headers)));
    stream.on('error', (error) => finish(refused(refusalOfError(error))));
    if (signal.aborted) onAbort();
  });

/** Connects. Never rejects. */
export async function openSession(
  access: ClusterAccess,
  options: SessionOptions,
): Promise<Result<Session, ClusterRefusal>> {
  const transport = await connectTransport(access, options);
  if (!transport.ok) return transport;
  const { http2, headers, basePath } = transport.value;
  let streams = 0;
  const { lost, end } = watchOver(transport.value, options);
  let isLost = false;
  void lost.then(() => {
    isLost = true;
  });

  const isClosing = (): boolean => isLost || http2.closed || http2.destroyed;

  const open: Session['open'] = async (path, request) => {
    if (isClosing()) return refused(unreachable('network', 'the connection was closed'));
    const sentAt = performance.now();
    const stream = http2.request({
      ':path': `${basePath}${path}`,
      accept: request.accept ?? 'application/json',
      'user-agent': 'mooring-cluster-watch',
      ...(request.gzip === true ? { 'accept-encoding': 'gzip' } : {}),
      ...(request.etag === undefined ? {} : { 'if-none-match': request.etag }),
      ...headers,
    });
    streams += 1;
    stream.once('close', () => {
      streams -= 1;
    });
    const response = await answered(stream, request);
    if (!response.ok) return response;
    const { ':status': status = 0, 'retry-after': retryAfter, etag, 'content-encoding': encoding } = response.value;
    const retryAfterMs = retryAfterMsOf(retryAfter, Date.now());
    return ok({
      ...{ status, sentAt },
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(etag === undefined ? {} : { etag }),
      chunks: encoding === 'gzip' ? unzipped(stream) : (stream as AsyncIterable<Buffer>),
      cancel() {
        stream.close(constants.NGHTTP2_CANCEL);
        // One that the server has ended and nobody has read to its end would stay for ever.
        stream.destroy();
      },
    });
  };

  return ok({
    lost,
    get isLost() {
      return isLost;
    },
    get isClosing() {
      return isClosing();
    },
    open,
    get streams() {
      return streams;
    },
    get streamsMax() {
      // Nothing was said before the first SETTINGS have come: HTTP/2 recommends no fewer than 100.
      return http2.remoteSettings.maxConcurrentStreams ?? STREAMS_UNSAID;
    },
    async get(path, { bytesMax, ...request }) {
      const opened = await open(path, request);
      if (!opened.ok) return opened;
      const { chunks, cancel, ...answer } = opened.value;
      const timer = setTimeout(cancel, request.timeoutMs);
      try {
        const text = await readText(chunks, bytesMax);
        if (text !== undefined) return ok({ ...answer, text });
        return refused(refusedBecause('not-kubernetes', `the answer to ${path} has more than ${bytesMax} bytes`));
      } catch (error) {
        return refused(refusalOfError(error));
      } finally {
        clearTimeout(timer);
        cancel();
      }
    },
    [Symbol.dispose]: end,
  });
}
