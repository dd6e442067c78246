import type { KindState } from './sink.ts';

/** How one scope of a type is doing. */
export interface ScopeState {
  readonly state: Exclude<KindState, 'removed'>;
  readonly reason?: string;
}

const PLACES_TOLD = 3;

function reasonsOf(states: readonly ScopeState[]): string | undefined {
  const given = states.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  const different = [...new Set(given)];
  const more = different.length - PLACES_TOLD;
  const told = different.slice(0, PLACES_TOLD).join('; ');
  return told === '' ? undefined : more > 0 ? `${told}; and ${more} more` : told;
}

/**
 * One status of several scopes: the worst of them that will change by itself; what may not be read in some namespaces only does not
 * keep the type from being watched in the others, but is said.
 */
export function combinedState(states: readonly ScopeState[]): { state: KindState; reason?: string } {
  const withState = (...wanted: readonly KindState[]): readonly ScopeState[] =>
    states.filter(({ state }) => wanted.includes(state));
  const shut = withState('forbidden', 'missing');
  const because = (state: KindState, of: readonly ScopeState[]): { state: KindState; reason?: string } => {
    const reason = reasonsOf(of);
    return { state, ...(reason === undefined ? {} : { reason }) };
  };
  const failing = withState('failing');
  if (failing.length > 0) return because('failing', failing);
  const listing = withState('listing');
  if (listing.length > 0) return because('listing', listing);
  if (shut.length === states.length && shut.length > 0)
    return because(withState('forbidden').length > 0 ? 'forbidden' : 'missing', shut);
  return because('watching', shut);
}
