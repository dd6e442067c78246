import type { ImportReceipt, ImportView } from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import type { InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';

/** A kubeconfig with a context for each name; its server and token are its own unless told. */
export const kubeconfigOf = (
  contexts: Readonly<Record<string, { server?: string; token?: string; user?: object }>>,
): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: Object.entries(contexts).map(([name, { server = `https://${name}.test:6443` }]) => ({
      name,
      cluster: { server },
    })),
    users: Object.entries(contexts).map(([name, { token = `token of ${name}`, user = { token } }]) => ({ name, user })),
    contexts: Object.keys(contexts).map((name) => ({ name, context: { cluster: name, user: name } })),
  });

/** A name that no other test has. */
export const newName = (): string => `c${randomUuid().slice(0, 8)}`;

/** Hands in a kubeconfig; gives what was answered. */
export async function hand(service: InProcessService, text: string): Promise<ImportReceipt> {
  const { status, body } = await service.call('POST', '/api/imports', { body: text });
  if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as ImportReceipt;
}

/** Hands in one context and waits until its connection was entered; gives the connection's id. */
export async function enter(
  service: InProcessService,
  world: { eventsOf(connectionId: string): Promise<readonly unknown[]> },
  context: { server?: string; token?: string } = {},
): Promise<string> {
  const { contexts } = await hand(service, kubeconfigOf({ [newName()]: context }));
  const connectionId = contexts[0]?.connectionId ?? '';
  await eventually(async () => (await world.eventsOf(connectionId)).length > 0, { timeoutMs: 10_000 });
  return connectionId;
}

/** The import, as soon as every context has its outcome. */
export const completed = (service: InProcessService, importId: string): Promise<ImportView> =>
  eventually(
    async () => {
      const { body } = await service.call('GET', `/api/imports/${importId}`);
      const view = body as ImportView;
      if (view.status !== 'completed')
        throw new Error(
          `still open: ${view.contexts.flatMap(({ context, outcome }) => (outcome === 'pending' ? [context] : [])).join(', ')}`,
        );
      return view;
    },
    { timeoutMs: 10_000 },
  );
