import { KUBE_SYSTEM_PATH } from './identify.ts';
import type { Session } from './session.ts';

/** What comes is one namespace, of which only the status matters. */
const BODY_BYTES_MAX = 1024 * 1024;

/**
 * Whether the API server itself still knows who we are. The 401 of one type need not say so: an API server behind this one, of which the
 * authentication is broken, answers so as well, and its answer is handed on as it is.
 */
export interface Recognition {
  /**
   * After a 401 to a request of that time (of `performance.now()`): asks for what identified the cluster, once for all that was sent before
   * the answer. Never rejects.
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
  let answeredAt = 0;
  const ask = async (): Promise<boolean> => {
    await turn();
    const said = await session.get(KUBE_SYSTEM_PATH, { timeoutMs, signal, bytesMax: BODY_BYTES_MAX });
    answeredAt = performance.now();
    // An API server that does not know us ends the connection after saying so once: then nothing more can be asked on it.
    return said.ok ? said.value.status === 401 : session.isClosing;
  };
  return {
    isGone(sentAt) {
      if (answer === undefined || sentAt > answeredAt) {
        answer = ask();
        answeredAt = Number.POSITIVE_INFINITY;
      }
      return answer;
    },
  };
}
