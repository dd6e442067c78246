import type * as contracts from '@mooring/contracts';
import type { ContextOutcome, FieldsOf, Reason } from '@mooring/contracts';

export type ImportEvent =
  | { readonly type: 'ImportRequested'; readonly data: FieldsOf<typeof contracts.ImportRequested> }
  | { readonly type: 'ContextResolved'; readonly data: FieldsOf<typeof contracts.ContextResolved> }
  | { readonly type: 'ImportCompleted'; readonly data: FieldsOf<typeof contracts.ImportCompleted> };

export type ImportContext = FieldsOf<typeof contracts.ImportRequested>['contexts'][number];

export interface Resolution {
  readonly outcome: ContextOutcome;
  readonly connectionId?: string;
  readonly reason?: Reason;
}

/** A kubeconfig that was handed in: its contexts in their order, and what became of each so far. */
export interface Import {
  readonly status: 'unknown' | 'running' | 'completed';
  readonly origin?: 'upload' | 'startup';
  readonly contexts: readonly ImportContext[];
  readonly resolutions: Readonly<Record<string, Resolution>>;
}

export const NO_IMPORT: Import = { status: 'unknown', contexts: [], resolutions: {} };

export function evolveImport(before: Import, event: ImportEvent): Import {
  switch (event.type) {
    case 'ImportRequested':
      return { status: 'running', origin: event.data.origin, contexts: event.data.contexts, resolutions: {} };
    case 'ContextResolved': {
      const { context, outcome, connectionId, reason } = event.data;
      const resolution = {
        outcome,
        ...(connectionId === undefined ? {} : { connectionId }),
        ...(reason === undefined ? {} : { reason }),
      };
      return { ...before, resolutions: { ...before.resolutions, [context]: resolution } };
    }
    case 'ImportCompleted':
      return { ...before, status: 'completed' };
    default:
      return before;
  }
}

export interface RequestImport {
  readonly importId: string;
  readonly origin: 'upload' | 'startup';
  /** One with a reason cannot be used, whatever its cluster says. */
  readonly contexts: readonly ImportContext[];
}

/** A request that was recorded already is the same request, repeated. */
export const requestImport = ({ importId, origin, contexts }: RequestImport, state: Import): readonly ImportEvent[] =>
  state.status === 'unknown' ? [{ type: 'ImportRequested', data: { importId, origin, contexts: [...contexts] } }] : [];

/** What makes a context what it is; the words of a reason may differ between versions. */
const tokenOf = ({ context, server, accessId, fingerprint, reason }: ImportContext): string =>
  JSON.stringify([context, server, accessId, fingerprint, reason?.code]);

/** Whether an import that was recorded already is of other contexts than these. */
export const isOfOtherContexts = (state: Import, contexts: readonly ImportContext[]): boolean =>
  state.status !== 'unknown' && state.contexts.map(tokenOf).join() !== contexts.map(tokenOf).join();

/**
 * Records outcomes by context. The first outcome of a context stands: a later one is the connection's own story.
 * The completion comes in the same append as the last outcome.
 */
export function resolveContexts(
  importId: string,
  resolutions: ReadonlyMap<string, Resolution>,
  state: Import,
): readonly ImportEvent[] {
  if (state.status !== 'running') return [];
  const events = state.contexts.flatMap(({ context }): readonly ImportEvent[] => {
    const resolution = resolutions.get(context);
    if (resolution === undefined || Object.hasOwn(state.resolutions, context)) return [];
    return [{ type: 'ContextResolved', data: { importId, context, ...resolution } }];
  });
  const resolved = Object.values(events.reduce(evolveImport, state).resolutions);
  if (events.length === 0 || resolved.length < state.contexts.length) return events;
  const outcomes: Record<string, number> = {};
  for (const { outcome } of resolved) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return [...events, { type: 'ImportCompleted', data: { importId, outcomes } }];
}
