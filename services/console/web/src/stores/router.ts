import { parseRoute, toHash, type Route } from '../model/route.ts';
import { createStore, type Store } from './store.ts';

export interface Router {
  readonly route: Store<Route>;
  /** Goes to a view; the way back leads to the one before. */
  go(route: Route): void;
  /** Changes the address of this view (a filter); the way back does not stop at every letter. */
  replace(route: Route): void;
}

export function createRouter(page: Window): Router {
  const route = createStore<Route>(parseRoute(page.location.hash));
  const read = (): void => route.update(() => parseRoute(page.location.hash));
  page.addEventListener('hashchange', read);
  return {
    route,
    go: (to) => {
      page.location.hash = toHash(to);
    },
    replace: (to) => {
      page.history.replaceState(null, '', toHash(to));
      read();
    },
  };
}
