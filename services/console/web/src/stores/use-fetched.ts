import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer } from '../api/request.ts';
import { failed, notYet, nowIs, type Loaded } from './loaded.ts';

/** Several reasons to read again within this time are one. */
const GATHER_MS = 150;

/**
 * What `read` answers, read when `key` changes (the old value goes) and read again when `stamp` changes (the old value stays
 * until the new one is there). Answers that were overtaken by a newer question are dropped.
 */
export function useFetched<T>(key: string, stamp: string, read: () => Promise<Answer<T>>): Loaded<T | undefined> {
  const [state, setState] = useState<{ key: string; loaded: Loaded<T | undefined> }>({
    key,
    loaded: notYet(undefined),
  });
  const lastKey = useRef<string | undefined>(undefined);
  useEffect(() => {
    let current = true;
    const ask = async (): Promise<void> => {
      const answer = await read();
      if (!current) return;
      setState((known) => {
        const before = known.key === key ? known.loaded : notYet<T | undefined>(undefined);
        return { key, loaded: answer.ok ? nowIs(answer.value) : failed(before, answer.error) };
      });
    };
    const waiting = setTimeout(() => void ask(), lastKey.current === key ? GATHER_MS : 0);
    lastKey.current = key;
    return () => {
      current = false;
      clearTimeout(waiting);
    };
  }, [key, stamp]);
  return state.key === key ? state.loaded : notYet(undefined);
}
