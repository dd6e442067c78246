import type { ApiProblem } from '../api/problem.ts';

/** What is known of something that is read over the network. While it is read again, the old value stays to be shown. */
export interface Loaded<T> {
  readonly value: T;
  readonly loaded: boolean;
  readonly problem?: ApiProblem;
}

export const notYet = <T>(value: T): Loaded<T> => ({ value, loaded: false });
export const nowIs = <T>(value: T): Loaded<T> => ({ value, loaded: true });
/** A failed read leaves what was known, and says so. */
export const failed = <T>({ value, loaded }: Loaded<T>, problem: ApiProblem): Loaded<T> => ({ value, loaded, problem });
