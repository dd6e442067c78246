import type { LineStream } from './exchange.ts';

export interface HeldStream {
  readonly stream: LineStream;
  /** Writes what was held back. */
  readonly release: () => void;
}

/** A stream that stays open and says nothing while `isHeld`; what it would have said is kept, in order. */
export function createHeldStream(stream: LineStream, isHeld: () => boolean): HeldStream {
  let held: string[] = [];
  return {
    release() {
      const texts = held;
      held = [];
      for (const text of texts) void stream.write(text);
    },
    stream: {
      write(text) {
        if (!isHeld()) return stream.write(text);
        held.push(text);
        return Promise.resolve();
      },
      end: () => stream.end(),
      cut: (text) => stream.cut(text),
      get closed() {
        return stream.closed;
      },
      onClose: (listener) => stream.onClose(listener),
    },
  };
}
