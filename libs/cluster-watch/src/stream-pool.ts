import { ok, refused, type Backoff, type Result } from '@mooring/kernel';
import { unreachable } from './explain.ts';
import type { ClusterRefusal } from './refusal.ts';
import type { RequestOptions, Session, StreamedAnswer, TextAnswer } from './session.ts';

/** Left free on each connection, for discovery and for requests that are just ending. */
const RESERVED_STREAMS = 8;

export interface PooledRequest extends RequestOptions {
  /** Called once when there is no room now, with what to tell a person. */
  readonly onWait?: (why: string) => void;
}

/**
 * Requests to one API server, over one connection as long as the streams that the server allows on it are enough, and over further ones then.
 * Where even those are taken, requests wait for their turn.
 */
export interface StreamPool extends Disposable {
  readonly connections: number;
  readonly streams: number;
  open(path: string, request: PooledRequest): Promise<Result<StreamedAnswer, ClusterRefusal>>;
  /** Of the first connection, whatever else it is doing. */
  get(
    path: string,
    request: RequestOptions & { readonly bytesMax: number },
  ): Promise<Result<TextAnswer, ClusterRefusal>>;
}

export interface StreamPoolOptions {
  readonly connectionsMax: number;
  /** On one connection; what the server says counts as well. */
  readonly streamsMax: number;
  readonly connect: () => Promise<Result<Session, ClusterRefusal>>;
  /**
   * Of further connections. After one that was refused, or lost before `healthyAfterMs`, no other one is tried for the next delay, or for as
   * long as the server says: until then every request that needs one is answered with the same refusal. Hundreds of types would else connect
   * again and again, perhaps to a cluster that is none of ours.
   */
  readonly backoff: Backoff;
  readonly healthyAfterMs: number;
}

interface HeldRefusal {
  readonly refusal: ClusterRefusal;
  /** As `performance.now()` has it. */
  readonly untilMs: number;
}

export function createStreamPool(
  first: Session,
  { connectionsMax, streamsMax, connect, backoff, healthyAfterMs }: StreamPoolOptions,
): StreamPool {
  const sessions = new Set([first]);
  const waiting: (() => void)[] = [];
  /** Streams that were promised and not yet opened, so that several askers do not take the same one. */
  const promised = new Map<Session, number>();
  let connecting: Promise<ClusterRefusal | undefined> | undefined;
  let held: HeldRefusal | undefined;
  let closed = false;

  const limitOf = (session: Session): number =>
    Math.max(1, Math.min(streamsMax, session.streamsMax - RESERVED_STREAMS));
  const free = (): Session | undefined =>
    [...sessions].find(
      (session) => !session.isLost && session.streams + (promised.get(session) ?? 0) < limitOf(session),
    );
  const goOn = (): void => waiting.shift()?.();
  const hold = (refusal: ClusterRefusal): ClusterRefusal => {
    const retryAfterMs = refusal.kind === 'unreachable' ? (refusal.retryAfterMs ?? 0) : 0;
    held = { refusal, untilMs: performance.now() + Math.max(backoff.next(), retryAfterMs) };
    return refusal;
  };
  const another = async (): Promise<ClusterRefusal | undefined> => {
    if (held !== undefined && performance.now() < held.untilMs) return held.refusal;
    const opened = await connect();
    if (!opened.ok) return hold(opened.error);
    const session = opened.value;
    if (closed) {
      session[Symbol.dispose]();
      return undefined;
    }
    sessions.add(session);
    const openedAt = performance.now();
    void session.lost.then((refusal) => {
      sessions.delete(session);
      if (performance.now() - openedAt >= healthyAfterMs) backoff.reset();
      else hold(refusal);
      goOn();
    });
    return undefined;
  };

  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const finish = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = (): void => {
        const index = waiting.indexOf(finish);
        if (index !== -1) waiting.splice(index, 1);
        resolve();
      };
      waiting.push(finish);
      signal.addEventListener('abort', stop, { once: true });
    });

  const place = async ({ signal, onWait }: PooledRequest): Promise<Result<Session, ClusterRefusal>> => {
    let told = false;
    for (;;) {
      if (closed || signal.aborted) return refused(unreachable('network', 'the request was stopped'));
      const session = free();
      if (session !== undefined) {
        promised.set(session, (promised.get(session) ?? 0) + 1);
        return ok(session);
      }
      if (sessions.size < connectionsMax) {
        connecting ??= another().finally(() => {
          connecting = undefined;
        });
        const refusal = await connecting;
        if (refusal !== undefined) return refused(refusal);
        continue;
      }
      if (!told)
        onWait?.(
          `all ${limitOf(first)} streams of each of ${sessions.size} connections are in use: waiting for one to become free`,
        );
      told = true;
      await turn(signal);
    }
  };

  return {
    get connections() {
      return sessions.size;
    },
    get streams() {
      return [...sessions].reduce((sum, session) => sum + session.streams, 0);
    },
    async open(path, request) {
      const placed = await place(request);
      if (!placed.ok) return placed;
      const session = placed.value;
      const opening = session.open(path, request);
      // From here on the session counts the stream itself.
      promised.set(session, (promised.get(session) ?? 1) - 1);
      const opened = await opening;
      if (!opened.ok) {
        goOn();
        return opened;
      }
      return ok({
        ...opened.value,
        cancel() {
          opened.value.cancel();
          // The stream is closed a moment later.
          setImmediate(goOn);
        },
      });
    },
    get: (path, request) => first.get(path, request),
    [Symbol.dispose]() {
      closed = true;
      for (const session of sessions) session[Symbol.dispose]();
      while (waiting.length > 0) goOn();
    },
  };
}
