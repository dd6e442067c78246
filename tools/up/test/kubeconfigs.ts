/** Where nobody listens: connecting is refused at once. */
export const NOWHERE = 'https://127.0.0.1:1';

export interface ContextDraft {
  readonly name: string;
  readonly server?: string;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
}

/** A kubeconfig with a cluster and a user of its own for every context. */
export const kubeconfigWith = (contexts: readonly ContextDraft[]): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: contexts.map(({ name, server = NOWHERE, cluster }) => ({ name, cluster: { server, ...cluster } })),
    users: contexts.map(({ name, user = { token: `token of ${name}` } }) => ({ name, user })),
    contexts: contexts.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
  });
