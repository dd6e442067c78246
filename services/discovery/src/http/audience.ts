import { messageOf } from '@mooring/kernel';
import type { Logger } from '@mooring/service-host';

/** Who looks at which cluster, told by what is asked for. */
export interface Audience extends AsyncDisposable {
  /**
   * Somebody looks at the cluster of this connection (in small letters); at no one in particular without one. Costs a look-up in memory: it is
   * written down after the request, and lost when that fails. Never throws.
   */
  looksAt(connectionId: string | undefined): void;
  /** Resolves when nothing is being written any more. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AudienceOptions {
  /** Writes down that somebody looked at these clusters; in one call at a time. */
  readonly note: (connectionIds: readonly string[]) => Promise<void>;
  readonly log: Pick<Logger, 'debug'>;
  /** Of a clock that does not jump, in milliseconds. */
  readonly nowMs?: () => number;
}

/** How often a cluster is written down at the most, by each instance. */
const EVERY_MS = 5_000;

/** Ids that nobody has a connection for may be asked for as well, so what is remembered must not grow with them for ever. */
const REMEMBERED_MAX = 10_000;

export function createAudience({ note, log, nowMs = () => performance.now() }: AudienceOptions): Audience {
  /** When each was last taken to be written, the oldest first. */
  const takenMs = new Map<string, number>();
  let waiting = new Set<string>();
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    // The request that is being answered has its connection to the database first.
    await new Promise(setImmediate);
    while (waiting.size > 0) {
      const ids = [...waiting];
      waiting = new Set();
      try {
        await note(ids);
      } catch (thrown) {
        // Then its changes come as fast as those of any other cluster.
        log.debug({ error: messageOf(thrown) }, 'that somebody looks at a cluster could not be written down');
      }
    }
    writing = undefined;
  };

  return {
    looksAt(connectionId) {
      if (connectionId === undefined) return;
      const now = nowMs();
      if (now - (takenMs.get(connectionId) ?? Number.NEGATIVE_INFINITY) < EVERY_MS || waiting.size >= REMEMBERED_MAX)
        return;
      for (const [id, atMs] of takenMs) {
        if (now - atMs < EVERY_MS && takenMs.size < REMEMBERED_MAX) break;
        takenMs.delete(id);
      }
      takenMs.delete(connectionId);
      takenMs.set(connectionId, now);
      waiting.add(connectionId);
      writing ??= write();
    },
    async [Symbol.asyncDispose]() {
      await writing;
    },
  };
}
