import { until } from '../until.ts';
import type { Installation } from './installation.ts';

interface ConnectionView {
  readonly id: string;
  readonly state: string;
}

export interface ClusterView {
  readonly watch: string;
  readonly objects: number;
  readonly kinds: readonly { readonly kind: string; readonly state: string; readonly reason?: string }[];
}

const CONNECTED_TIMEOUT_MS = 180_000;

/** Hands in a kubeconfig of one context, and waits until its cluster is connected. Gives the connection's id. */
export async function connectCluster(installation: Installation, kubeconfig: string, context: string): Promise<string> {
  await installation.ask('POST', '/api/imports', kubeconfig);
  let last = '';
  return until(
    'the cluster to be connected',
    async () => {
      const { items } = await installation.ask<{ readonly items: readonly ConnectionView[] }>(
        'GET',
        `/api/connections?name=${encodeURIComponent(context)}`,
      );
      last = JSON.stringify(items[0]);
      return items.find(({ state }) => state === 'connected')?.id;
    },
    { timeoutMs: CONNECTED_TIMEOUT_MS, everyMs: 200, lastWords: () => last },
  );
}

/** What is wrong with how a cluster is watched; empty when everything in it is followed. */
export async function troubleOf(installation: Installation, connectionId: string): Promise<string> {
  const [{ state }, { watch, kinds }] = await Promise.all([
    installation.ask<ConnectionView>('GET', `/api/connections/${connectionId}`),
    installation.ask<ClusterView>('GET', `/api/clusters/${connectionId}`),
  ]);
  const behind = kinds.filter((kind) => kind.state !== 'watching');
  return [
    ...(state === 'connected' ? [] : [`the connection is ${state}`]),
    ...(watch === 'live' ? [] : [`the watch is ${watch}`]),
    ...behind.map((kind) => `${kind.kind} is ${kind.state}${kind.reason === undefined ? '' : `: ${kind.reason}`}`),
  ].join(', ');
}
