import { useEffect, useState } from 'preact/hooks';
import type { Store } from './store.ts';

/** The value of a store; the component renders again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, renderAgain] = useState({});
  const rendered = store.get();
  useEffect(() => {
    // It may have changed between the rendering and this effect, with nobody listening.
    if (!Object.is(rendered, store.get())) renderAgain({});
    return store.subscribe(() => renderAgain({}));
  }, [store]);
  return rendered;
}
