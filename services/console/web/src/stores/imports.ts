import type { ImportView } from '@mooring/contracts';
import type { ApiProblem } from '../api/problem.ts';
import type { MooringApi } from '../api/mooring-api.ts';
import { refusalOf } from '../model/import-outcomes.ts';
import { createStore, type Store } from './store.ts';
import { failed, notYet, nowIs, type Loaded } from './loaded.ts';

const POLL_MS = 1000;
const GIVE_UP_AFTER_FAILURES = 30;

export type ImportRows = ReadonlyMap<string, ImportView>;

export interface ImportsStore {
  readonly imports: Store<Loaded<ImportRows>>;
  reload(): Promise<void>;
  /** Hands a kubeconfig in. Its text is not kept. Resolves to the import's id, or to what was wrong. */
  submit(text: string): Promise<{ readonly id: string } | { readonly problem: ApiProblem }>;
  /** Reads one import until it is completed. Calling it again for one that is being read adds nothing. */
  follow(id: string): void;
  /** Reads it now, once: an event told of it. */
  refresh(id: string): void;
}

const latestFirst = (rows: Iterable<ImportView>): ImportRows =>
  new Map([...rows].sort((one, other) => other.requestedAt.localeCompare(one.requestedAt)).map((row) => [row.id, row]));

export function createImports(
  api: MooringApi,
  later: (action: () => void, ms: number) => void,
  nowIso: () => string,
): ImportsStore {
  const imports = createStore<Loaded<ImportRows>>(notYet(new Map()));
  const followed = new Set<string>();

  const put = (row: ImportView): void =>
    imports.update((known) => {
      const before = known.value.get(row.id);
      if (before !== undefined && BigInt(before.revision) > BigInt(row.revision)) return known;
      return { ...known, value: latestFirst([...known.value.values()].filter(({ id }) => id !== row.id).concat(row)) };
    });

  const read = async (id: string): Promise<'running' | 'completed' | 'failed'> => {
    const answer = await api.import(id);
    if (answer.ok) put(answer.value);
    return answer.ok ? answer.value.status : 'failed';
  };

  const poll = async (id: string, failures: number): Promise<void> => {
    const status = await read(id);
    const failuresNow = status === 'failed' ? failures + 1 : 0;
    if (status === 'completed' || failuresNow >= GIVE_UP_AFTER_FAILURES) followed.delete(id);
    else later(() => void poll(id, failuresNow), POLL_MS);
  };

  const follow = (id: string): void => {
    if (followed.has(id)) return;
    followed.add(id);
    void poll(id, 0);
  };

  return {
    imports,
    follow,
    refresh: (id) => {
      if (!followed.has(id)) void read(id);
    },
    reload: async () => {
      const answer = await api.imports();
      imports.update((known) =>
        answer.ok
          ? nowIs(
              latestFirst([
                ...new Map([...known.value.values(), ...answer.value.items].map((row) => [row.id, row])).values(),
              ]),
            )
          : failed(known, answer.error),
      );
      for (const { id, status } of imports.get().value.values()) if (status === 'running') follow(id);
    },
    submit: async (text) => {
      const refusal = refusalOf(text, new Blob([text]).size);
      if (refusal !== undefined)
        return { problem: { status: 0, title: 'This is no kubeconfig', detail: refusal, findings: [] } };
      const answer = await api.importKubeconfig(text);
      if (!answer.ok) return { problem: answer.error };
      const { id, contexts, revision } = answer.value;
      put({ id, contexts, revision, origin: 'upload', status: 'running', requestedAt: nowIso() });
      follow(id);
      return { id };
    },
  };
}
