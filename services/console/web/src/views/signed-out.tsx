/** The gateway does not know this browser (any more). */
export const SignedOut = () => (
  <main id="content" class="signed-out" tabIndex={-1}>
    <h1>Open the link again</h1>
    <p>
      This browser is not signed in to Mooring, or its sign-in has ended. Open the link that <code>npm start</code>{' '}
      printed; it carries the token and leads back here.
    </p>
    <p class="muted">
      Is the terminal gone? Mooring prints the link again at its next start, and keeps everything it knows.
    </p>
    <button type="button" onClick={() => location.reload()}>
      I have opened it, try again
    </button>
  </main>
);
