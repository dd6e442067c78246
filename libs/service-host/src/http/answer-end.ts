import type { FastifyReply } from 'fastify';
import { finished } from 'node:stream';

type Listener = (complete: boolean) => void;

const listeners = new WeakMap<FastifyReply['raw'], Listener[]>();

/**
 * Calls `listener` once when the answer has ended: `complete` is false when the caller left before. All listeners of an answer
 * share one subscription to its stream, which is costly and warns when there are many.
 */
export function onAnswerEnd({ raw }: FastifyReply, listener: Listener): void {
  const known = listeners.get(raw);
  if (known !== undefined) {
    known.push(listener);
    return;
  }
  const all = [listener];
  listeners.set(raw, all);
  finished(raw, (error) => {
    for (const each of all) each(error === undefined || error === null);
  });
}
