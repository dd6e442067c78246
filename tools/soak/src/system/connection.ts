import { until } from '@mooring/testing';
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

/** Hands in a kubeconfig; resolves when it is taken. */
export async function importKubeconfig(installation: Installation, kubeconfig: string): Promise<void> {
  await installation.ask('POST', '/api/imports', kubeconfig);
}

/** Waits until the connection of this name is connected. Gives its id. */
export async function untilConnected(installation: Installation, name: string): Promise<string> {
  let last = '';
  return until(
    'the cluster to be connected',
    async () => {
      const { items } = await installation.ask<{ readonly items: readonly ConnectionView[] }>(
        'GET',
        `/api/connections?name=${encodeURIComponent(name)}`,
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
