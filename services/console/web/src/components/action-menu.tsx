import type { ConnectionView } from '@mooring/contracts';
import { useEffect, useRef } from 'preact/hooks';
import { ACTION_WORDS, inMenuOrder } from '../model/states.ts';
import { useActions } from './use-actions.tsx';

/** The actions the machine allows for one connection, in a menu: Esc, a click elsewhere and leaving it close it. */
export function ActionMenu({ connection }: { connection: ConnectionView }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const opener = useRef<HTMLElement>(null);
  const { busy, start, question } = useActions(connection);
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  useEffect(() => {
    const outside = (event: Event): void => {
      if (event.target instanceof Node && menu.current?.contains(event.target) !== true) close();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, []);
  const actions = inMenuOrder(connection.allowedActions);
  if (actions.length === 0) return null;
  return (
    <>
      <details
        ref={menu}
        class="menu"
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || menu.current?.open !== true) return;
          close();
          opener.current?.focus();
        }}
      >
        <summary ref={opener} aria-label={`Actions for ${connection.name}`} aria-busy={busy}>
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <g fill="currentColor">
              <circle cx="3" cy="8" r="1.5" />
              <circle cx="8" cy="8" r="1.5" />
              <circle cx="13" cy="8" r="1.5" />
            </g>
          </svg>
        </summary>
        <ul>
          {actions.map((action) => (
            <li key={action}>
              <button
                type="button"
                class={action === 'delete' ? 'destructive' : ''}
                disabled={busy}
                onClick={() => {
                  close();
                  opener.current?.focus();
                  start(action);
                }}
              >
                {ACTION_WORDS[action].label}
                <small>{ACTION_WORDS[action].meaning}</small>
              </button>
            </li>
          ))}
        </ul>
      </details>
      {question}
    </>
  );
}

/** The same actions as a row of buttons, for the page of one connection. */
export function ActionButtons({ connection }: { connection: ConnectionView }) {
  const { busy, start, question } = useActions(connection);
  const actions = inMenuOrder(connection.allowedActions);
  if (actions.length === 0) return null;
  return (
    <div class="actions" role="group" aria-label={`Actions for ${connection.name}`}>
      {actions.map((action) => (
        <button
          key={action}
          type="button"
          class={action === 'delete' ? 'destructive' : ''}
          title={ACTION_WORDS[action].meaning}
          disabled={busy}
          onClick={() => start(action)}
        >
          {ACTION_WORDS[action].label}
        </button>
      ))}
      {question}
    </div>
  );
}
