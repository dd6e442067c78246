import { createBackoff, delay, isFailure, messageOf } from '@mooring/kernel';

/** What must have been done before a service can serve, tried until it is. */
export interface Preparation {
  /** Repeats `work` while it throws a Failure, with a bounded delay. */
  add(work: () => Promise<void>): Promise<void>;
  /** Resolves when all that was added until now is done, or the service stops. Rejects with what was thrown and is no Failure. */
  done(): Promise<void>;
  /** What the last try that failed said; nothing once it succeeded. */
  readonly trouble: string | undefined;
}

const RETRY = { minMs: 100, maxMs: 2_000 };

/** `onTrouble` is told of each new reason to wait, once. */
export function createPreparation(stopping: AbortSignal, onTrouble: (message: string) => void): Preparation {
  const parts: Promise<void>[] = [];
  let trouble: string | undefined;

  const repeat = async (work: () => Promise<void>): Promise<void> => {
    const backoff = createBackoff(RETRY);
    while (!stopping.aborted) {
      try {
        await work();
        trouble = undefined;
        return;
      } catch (thrown) {
        if (!isFailure(thrown)) throw thrown;
        if (messageOf(thrown) !== trouble) onTrouble(messageOf(thrown));
        trouble = messageOf(thrown);
      }
      await delay(backoff.next(), stopping);
    }
  };

  return {
    add(work) {
      const part = repeat(work);
      parts.push(part);
      // Whoever waits for all of them is told.
      part.catch(() => undefined);
      return part;
    },
    done: () => Promise.all(parts).then(() => undefined),
    get trouble() {
      return trouble;
    },
  };
}
