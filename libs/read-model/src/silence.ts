import { messageOf } from '@mooring/kernel';
import type { PoolClient } from 'pg';

/** The driver's words when a statement was not answered within `query_timeout`. */
const isSilence = (thrown: unknown): boolean => /query read timeout/i.test(messageOf(thrown));

/**
 * Destroys a connection on which a statement was not answered in time. The driver only gives up the statement: the next one on
 * that connection would wait behind it, and the pool would hand it out again and again.
 */
export function giveUpWhenSilent(client: PoolClient): void {
  const inner = client as unknown as {
    query: (...given: unknown[]) => unknown;
    connection: { stream: { destroy: () => void } };
  };
  const query = inner.query.bind(client);
  inner.query = (...given) => {
    const answer = query(...given);
    if (answer instanceof Promise) {
      answer.catch((thrown: unknown) => {
        if (isSilence(thrown)) inner.connection.stream.destroy();
      });
    }
    return answer;
  };
}
