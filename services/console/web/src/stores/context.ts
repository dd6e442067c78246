import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Console } from './console.ts';
import type { Router } from './router.ts';
import type { Store } from './store.ts';
import { useStore } from './use-store.ts';

export interface PageContext {
  readonly console: Console;
  readonly router: Router;
  /** Milliseconds since 1970, moved on every few seconds; what relative times are counted from. */
  readonly clock: Store<number>;
}

export const PageContext = createContext<PageContext | undefined>(undefined);

export function usePage(): PageContext {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error('A view was rendered outside of the page.');
  return page;
}

export const useNowMs = (): number => useStore(usePage().clock);
