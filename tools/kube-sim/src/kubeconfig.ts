import type { ClusterKeys } from './certificates.ts';

export interface KubeconfigEntry {
  readonly name: string;
  readonly server: string;
  readonly keys: ClusterKeys;
  /** Default: token. */
  readonly auth?: 'token' | 'certificate';
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const userOf = ({ keys, auth = 'token' }: KubeconfigEntry): object =>
  auth === 'token'
    ? { token: keys.token }
    : { 'client-certificate-data': base64(keys.client.certPem), 'client-key-data': base64(keys.client.keyPem) };

/** A kubeconfig with one context, cluster and user per entry, each under the entry's name. JSON, which is YAML too. */
export const kubeconfigOf = (entries: readonly KubeconfigEntry[]): string =>
  `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': entries[0]?.name ?? '',
      clusters: entries.map(({ name, server, keys }) => ({
        name,
        cluster: { server, 'certificate-authority-data': base64(keys.caPem) },
      })),
      users: entries.map((entry) => ({ name: entry.name, user: userOf(entry) })),
      contexts: entries.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
    },
    null,
    2,
  )}\n`;
