import { useEffect } from 'preact/hooks';
import type { Message } from '../stores/messages.ts';
import { usePage } from '../stores/context.ts';
import { useStore } from '../stores/use-store.ts';
import { Copyable } from './copyable.tsx';
import { Mark } from './mark.tsx';
import { ProblemText } from './problem-note.tsx';

/** Good news goes by itself; a problem stays until it was read. */
const GOOD_NEWS_MS = 12_000;

const Body = ({ text, traceId, problem }: Message) => (
  <>
    <Mark shape={problem === undefined ? 'dot' : 'triangle'} tone={problem === undefined ? 'good' : 'bad'} />
    <div>
      {text} {problem !== undefined && <ProblemText problem={problem} />}
      {traceId !== undefined && (
        <span class="muted">
          Trace <Copyable text={traceId} label="trace id" shown={traceId.slice(0, 8)} />
        </span>
      )}
    </div>
  </>
);

/** What came of the last thing somebody did. The region is always there, so that screen readers notice what comes into it. */
export function MessageBar() {
  const { messages } = usePage().console;
  const message = useStore(messages.latest);
  useEffect(() => {
    if (message === undefined || message.problem !== undefined) return;
    const timer = setTimeout(() => messages.dismiss(), GOOD_NEWS_MS);
    return () => clearTimeout(timer);
  }, [message?.number]);
  return (
    <div class="message-region" role="status" aria-live="polite">
      {message !== undefined && (
        <div class={`message ${message.problem === undefined ? 'tone-good' : 'tone-bad'}`} key={message.number}>
          <Body {...message} />
          <button type="button" class="quiet" aria-label="Dismiss this message" onClick={() => messages.dismiss()}>
            ✕
          </button>
        </div>
      )}
    </div>
  );
}
