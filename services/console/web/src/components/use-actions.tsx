import type { ConnectionAction, ConnectionView } from '@mooring/contracts';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { usePage } from '../stores/context.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

/** Starts actions of one connection: one at a time, and `delete` only after asking. `question` is to be rendered. */
export function useActions(connection: ConnectionView): {
  readonly busy: boolean;
  readonly start: (action: ConnectionAction) => void;
  readonly question: JSX.Element | null;
} {
  const { console } = usePage();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const run = async (action: ConnectionAction): Promise<void> => {
    setBusy(true);
    const done = await console.act(connection, action);
    setBusy(false);
    // What had the focus goes with its row; the heading is where one goes on from.
    if (done && action === 'delete') document.querySelector('h1')?.focus({ preventScroll: true });
  };
  return {
    busy,
    start: (action) => {
      if (action === 'delete') setAsking(true);
      else void run(action);
    },
    question: asking ? (
      <ConfirmDialog
        title={`Delete “${connection.name}”?`}
        text="Mooring forgets this connection and erases its credential. The cluster itself is not touched. This cannot be undone; the history stays."
        confirm="Delete"
        onConfirm={() => void run('delete')}
        onClose={() => setAsking(false)}
      />
    ) : null,
  };
}
