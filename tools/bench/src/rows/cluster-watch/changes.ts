import { delay } from '@mooring/kernel';
import type { ApiClient } from './api-client.ts';
import { MARK_LABEL, nowMs } from './contestant.ts';

/** An object of the cluster that can be marked: where it is in the API. */
export interface Markable {
  readonly path: string;
}

interface PodList {
  readonly items: readonly { readonly metadata: { readonly namespace: string; readonly name: string } }[];
}

/** Some pods that are there, in the order of the API. */
export async function somePods(api: ApiClient, count: number): Promise<readonly Markable[]> {
  const { items } = JSON.parse(await api.text(`/api/v1/pods?limit=${count}`)) as PodList;
  return items.map(({ metadata: { namespace, name } }) => ({ path: `/api/v1/namespaces/${namespace}/pods/${name}` }));
}

/** Marks that were sent, and when they were seen. */
export interface Marks {
  readonly sent: number;
  /** From before the request that makes the change to the moment at which it was seen; the API server's own work is in it. */
  readonly latenciesMs: readonly number[];
  readonly seen: (mark: string, atMs: number) => void;
  /** Makes `perSecond` changes a second, evenly, one object after the other, for so long; resolves when all were accepted. */
  run(api: ApiClient, objects: readonly Markable[], options: { perSecond: number; forMs: number }): Promise<void>;
}

let runs = 0;

/** Changes whose way can be followed: each is a label of its own on an object. */
export function createMarks(): Marks {
  runs += 1;
  // A cluster that was kept has the marks of the last run.
  const prefix = `r${runs}-${Date.now().toString(36)}`;
  const sentAtMs = new Map<string, number>();
  const latenciesMs: number[] = [];
  let sent = 0;
  return {
    get sent() {
      return sent;
    },
    latenciesMs,
    seen(mark, atMs) {
      const from = sentAtMs.get(mark);
      if (from === undefined) return;
      sentAtMs.delete(mark);
      latenciesMs.push(atMs - from);
    },
    async run(api, objects, { perSecond, forMs }) {
      const startedAt = performance.now();
      const patches: Promise<void>[] = [];
      const count = Math.round((forMs / 1_000) * perSecond);
      for (let index = 0; index < count; index += 1) {
        await delay(Math.max(0, startedAt + (index * 1_000) / perSecond - performance.now()));
        const { path } = objects[index % objects.length] ?? { path: '' };
        const mark = `${prefix}-${index}`;
        sent += 1;
        sentAtMs.set(mark, nowMs());
        patches.push(api.patch(path, { metadata: { labels: { [MARK_LABEL]: mark } } }));
      }
      await Promise.all(patches);
    },
  };
}
