import type { ApiProblem } from '../api/problem.ts';
import { createStore, type Store } from './store.ts';

/** What the page tells somebody about what they just did; spoken politely by screen readers. */
export interface Message {
  readonly number: number;
  readonly text: string;
  readonly traceId?: string;
  readonly problem?: ApiProblem;
}

export interface Messages {
  readonly latest: Store<Message | undefined>;
  say(text: string, traceId?: string): void;
  sayProblem(text: string, problem: ApiProblem): void;
  dismiss(): void;
}

export function createMessages(): Messages {
  const latest = createStore<Message | undefined>(undefined);
  let number = 0;
  const show = (message: Omit<Message, 'number'>): void => {
    number += 1;
    latest.update(() => ({ ...message, number }));
  };
  return {
    latest,
    say: (text, traceId) => show({ text, ...(traceId === undefined ? {} : { traceId }) }),
    sayProblem: (text, problem) => show({ text, problem }),
    dismiss: () => latest.update(() => undefined),
  };
}
