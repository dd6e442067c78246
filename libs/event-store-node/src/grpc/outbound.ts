import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';

/** What `sendMessage` takes: the server is told to pass buffers through as they are. */
export type Encoded = Buffer;

/** The server's side of an answer that is a sequence. One sender at a time. */
export interface Outbound {
  /** Hands a message over; false if the client is slower than we are and {@link Outbound.drained} should be awaited. */
  send(message: Encoded): boolean;
  /** Resolves when there is room again or the call is over. */
  drained(): Promise<void>;
  /** Resolves at the next {@link Outbound.wake} or when the call is over. */
  woken(): Promise<void>;
  wake(): void;
  readonly closed: boolean;
  /** Whether the client is slower than we are, and still there. */
  readonly isFull: boolean;
}

type StreamingCall<Request> = ServerWritableStream<Request, Encoded> | ServerDuplexStream<Request, Encoded>;

export function createOutbound<Request>(call: StreamingCall<Request>): Outbound {
  let closed = call.cancelled;
  let awake: (() => void) | undefined;
  const resume = (): void => {
    const waiting = awake;
    awake = undefined;
    waiting?.();
  };
  const close = (): void => {
    closed = true;
    resume();
  };
  call.on('cancelled', close);
  call.on('close', close);
  call.on('error', close);
  call.on('drain', resume);
  const wait = (): Promise<void> =>
    closed
      ? Promise.resolve()
      : new Promise((resolve) => {
          awake = resolve;
        });
  const isFull = (): boolean => !closed && call.writableNeedDrain;
  return {
    send: (message) => closed || call.write(message),
    async drained() {
      // A wake-up by a commit is not room: look again.
      while (isFull()) await wait();
    },
    woken: wait,
    wake: resume,
    get isFull() {
      return isFull();
    },
    get closed() {
      return closed;
    },
  };
}
