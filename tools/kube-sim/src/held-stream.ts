import type { LineStream } from './exchange.ts';

export interface HeldStream {
  readonly stream: LineStream;
  /** Says what was held back. */
  readonly release: () => void;
}

/** A stream that stays open and says nothing while `isHeld`; what it would have said, its end as well, is kept, in order. */
export function createHeldStream(stream: LineStream, isHeld: () => boolean): HeldStream {
  let held: string[] = [];
  let isEnding = false;
  return {
    release() {
      const texts = held;
      held = [];
      for (const text of texts) void stream.write(text);
      if (isEnding) stream.end();
    },
    stream: {
      write(text) {
        if (!isHeld()) return stream.write(text);
        held.push(text);
        return Promise.resolve();
      },
      end() {
        isEnding = true;
        if (!isHeld()) stream.end();
      },
      cut: (text) => stream.cut(text),
      get closed() {
        return stream.closed;
      },
      onClose: (listener) => stream.onClose(listener),
    },
  };
}
