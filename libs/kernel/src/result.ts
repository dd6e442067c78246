/** An expected outcome: either a value or a typed refusal. Never used for bugs (throw) or for a world that failed ({@link Failure}). */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

export const refused = <E>(error: E): Result<never, E> => ({ ok: false, error });
