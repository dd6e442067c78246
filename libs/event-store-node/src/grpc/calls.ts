import type { ServerDuplexStream, ServerReadableStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { exhausted, type Refusal } from './errors.ts';

type AnyCall<Request, Response> =
  | ServerUnaryCall<Request, Response>
  | ServerReadableStream<Request, Response>
  | ServerWritableStream<Request, Response>
  | ServerDuplexStream<Request, Response>;

/** Every open call, so that a shutdown can end them instead of leaving clients waiting. */
export interface OpenCalls {
  /** Until the result is called, a shutdown calls `end`; so does this, at once, if there are too many. */
  add(end: (why: Refusal) => void): () => void;
  endAll(why: Refusal): void;
  readonly count: number;
}

export function createOpenCalls(openCallsMax: number): OpenCalls {
  const open = new Set<(why: Refusal) => void>();
  return {
    add(end) {
      if (open.size >= openCallsMax) {
        end(exhausted(`this node serves ${openCallsMax} calls at a time`));
        return () => undefined;
      }
      open.add(end);
      return () => {
        open.delete(end);
      };
    },
    endAll(why) {
      for (const end of [...open]) end(why);
    },
    get count() {
      return open.size;
    },
  };
}

/** Ends a streaming call with a status; does nothing if it is over. */
export function endWith<Request, Response>(call: AnyCall<Request, Response>, why: Refusal): void {
  if (!call.cancelled) call.emit('error', why);
}
