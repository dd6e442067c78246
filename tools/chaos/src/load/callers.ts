import { CONNECTION_ACTIONS, type ConnectionView } from '@mooring/contracts';
import { delay } from '@mooring/kernel';
import type { SimulatedCluster } from '@mooring/kube-sim';
import type { Random } from '@mooring/testing';
import type { Asker } from './asker.ts';
import type { Ask } from './http.ts';
import { drawKubeconfig, type KubeconfigDraft } from './kubeconfigs.ts';

export interface CallersOptions {
  readonly ask: Ask;
  readonly asker: Asker;
  readonly clusters: readonly SimulatedCluster[];
  readonly random: Random;
  /** Makes keys of this run unlike those of any other. */
  readonly run: string;
}

/** People and tools at the API, all at once. */
export interface Callers {
  /** Lets them ask until the signal aborts, then waits until everything asked is answered. */
  call(signal: AbortSignal): Promise<void>;
  /** Hands in a kubeconfig; gives the id of the import. */
  handIn(draft: KubeconfigDraft): Promise<string | undefined>;
  command(connection: ConnectionView, action: (typeof CONNECTION_ACTIONS)[number]): Promise<void>;
  /** Connections that are not deleted, as listed now. */
  list(): Promise<readonly ConnectionView[]>;
}

const CALLERS = 10;
const THINK_MAX_MS = 150;
const IMPORT_EVERY_MS = 900;
const LIST_EVERY_MS = 300;
const LIST_TIMEOUT_MS = 10_000;
/** Most ask for what is offered; others for anything. */
const OFFERED_CHANCE = 0.85;
/** Deleting everything all the time would leave nothing to ask for. */
const DELETE_CHANCE = 0.15;

export function createCallers({ ask, asker, clusters, random, run }: CallersOptions): Callers {
  let known: readonly ConnectionView[] = [];
  let count = 0;
  const nextKey = (): string => {
    count += 1;
    return `${run}-${count}`;
  };

  const callers: Callers = {
    async list() {
      const { status, body } = await ask({ method: 'GET', path: '/api/connections?limit=500' }, LIST_TIMEOUT_MS);
      if (status !== 200) throw new Error(`the list answered ${status}`);
      return body['items'] as readonly ConnectionView[];
    },
    async handIn({ contexts, text }) {
      const headers = { 'content-type': 'application/yaml' };
      const request = { method: 'POST', path: '/api/imports', body: text, headers } as const;
      const answer = await asker.settle({ kind: 'import', contexts }, nextKey(), request, random.fork());
      return answer?.status === 202 ? String(answer.body['id']) : undefined;
    },
    async command({ id }, action) {
      const request = { method: 'POST', path: `/api/connections/${id}/${action}` } as const;
      await asker.settle({ kind: 'command', connectionId: id, action }, nextKey(), request, random.fork());
    },
    async call(signal) {
      const repeat = async (everyMs: number, work: () => Promise<unknown>): Promise<void> => {
        while (!signal.aborted) {
          await work();
          await delay(everyMs, signal);
        }
      };
      await Promise.all([
        repeat(LIST_EVERY_MS, async () => (known = await callers.list().catch(() => known))),
        repeat(IMPORT_EVERY_MS, () => callers.handIn(drawKubeconfig(clusters, random))),
        ...Array.from({ length: CALLERS }, () => repeat(random.below(THINK_MAX_MS), () => askSomething(random.fork()))),
      ]);
    },
  };

  const askSomething = async (own: Random): Promise<void> => {
    if (known.length === 0) return;
    const connection = own.pick(known);
    const choice = own.chance(OFFERED_CHANCE) ? connection.allowedActions : CONNECTION_ACTIONS;
    const wanted = choice.filter((action) => action !== 'delete' || own.chance(DELETE_CHANCE));
    if (wanted.length > 0) await callers.command(connection, own.pick(wanted));
  };
  return callers;
}
