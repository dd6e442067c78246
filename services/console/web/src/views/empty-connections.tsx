import { FileButton } from '../components/file-button.tsx';

/** Nothing is known yet: says what to do next. */
export const EmptyConnections = () => (
  <section class="empty" aria-label="No clusters yet">
    <svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true" focusable="false">
      <g fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round">
        <path d="M24 6v24M15 21l9 9 9-9" />
        <path d="M7 32v6a4 4 0 0 0 4 4h26a4 4 0 0 0 4-4v-6" stroke-dasharray="4 4" />
      </g>
    </svg>
    <h2>No clusters yet</h2>
    <p>
      Drop a <strong>kubeconfig</strong> anywhere on this page. Every context in it becomes a connection, or says why it
      cannot.
    </p>
    <div class="empty-ways">
      <FileButton label="Choose a kubeconfig…" primary />
      <a class="button" href="#/import">
        Paste one
      </a>
    </div>
    <p class="muted">
      No cluster at hand? Stop Mooring and start it with simulated ones: <code>npm start -- --demo</code>
    </p>
  </section>
);
