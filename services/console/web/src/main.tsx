import { render } from 'preact';
import { App } from './app.tsx';
import { createConsole } from './stores/console.ts';
import { PageContext } from './stores/context.ts';
import { createRouter } from './stores/router.ts';
import { createStore } from './stores/store.ts';

const CLOCK_TICK_MS = 5000;

const root = document.getElementById('app');
if (root === null) throw new Error('The page has no #app.');

const console = createConsole({
  fetch: window.fetch.bind(window),
  openStream: () => new EventSource('/api/events/stream'),
  nowMs: () => Date.now(),
});
const clock = createStore(Date.now());
setInterval(() => clock.update(() => Date.now()), CLOCK_TICK_MS);
console.signedOut.subscribe(() => {
  if (console.signedOut.get()) console[Symbol.dispose]();
});

render(
  <PageContext.Provider value={{ console, router: createRouter(window), clock }}>
    <App />
  </PageContext.Provider>,
  root,
);
