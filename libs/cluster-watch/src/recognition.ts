import { KUBE_SYSTEM_PATH } from './identify.ts';
import type { Session } from './session.ts';

/** What comes is one namespace, of which only the status matters. */
const BODY_BYTES_MAX = 1024 * 1024;

/**
 * How long it counts that the API server knew us. A broken API server behind it may refuse hundreds of types in their own rhythm: they are no
 * reason to ask without end. A token that has expired is noticed so much later at most.
 */
const KNOWN_MS = 5000;

/**
 * Whether the API server itself still knows who we are. The 401 of one type need not say so: an API server behind this one, of which the
 * authentication is broken, answers so as well, and its answer is handed on as it is.
 */
export interface Recognition {
  /**
   * After a 401 to a request of that time (of `performance.now()`): asks for what identified the cluster, once for all that was sent before
   * the answer, and within 5 s of it where it was that we are known and the connection is not being ended. Never rejects.
   */
  isGone(sentAt: number): Promise<boolean>;
}

export interface RecognitionOptions {
  readonly session: Pick<Session, 'get' | 'isClosing'>;
  /** Resolves when a request may be sent. */
  readonly turn: () => Promise<void>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export function createRecognition({ session, turn, timeoutMs, signal }: RecognitionOptions): Recognition {
  let answer: Promise<boolean> | undefined;
  /** For requests that were sent until then. */
  let goodUntil = 0;
  const ask = async (): Promise<boolean> => {
    await turn();
    const said = await session.get(KUBE_SYSTEM_PATH, { timeoutMs, signal, bytesMax: BODY_BYTES_MAX });
    // An API server that does not know us ends the connection after saying so once: then nothing more can be asked on it.
    const isGone = said.ok ? said.value.status === 401 : session.isClosing;
    goodUntil = performance.now() + (said.ok && !isGone ? KNOWN_MS : 0);
    return isGone;
  };
  return {
    isGone(sentAt) {
      const isAsking = goodUntil === Number.POSITIVE_INFINITY;
      // One that ends the connection may do so because it knows us no longer.
      if (answer === undefined || sentAt > goodUntil || (session.isClosing && !isAsking)) {
        answer = ask();
        goodUntil = Number.POSITIVE_INFINITY;
      }
      return answer;
    },
  };
}
