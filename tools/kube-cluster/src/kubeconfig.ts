export interface KubeconfigContext {
  /** The name of the context, and of its user. */
  readonly name: string;
  readonly token: string;
}

export interface KubeconfigOptions {
  readonly cluster: string;
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  /** The first is the current one. */
  readonly contexts: readonly [KubeconfigContext, ...KubeconfigContext[]];
}

/** A kubeconfig as kubectl writes it, with everything inside: no file references. */
export function formatKubeconfig({ cluster, server, ca, contexts }: KubeconfigOptions): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${cluster}`,
    '  cluster:',
    `    server: ${server}`,
    `    certificate-authority-data: ${Buffer.from(ca).toString('base64')}`,
    'contexts:',
    ...contexts.flatMap(({ name }) => [
      `- name: ${name}`,
      '  context:',
      `    cluster: ${cluster}`,
      `    user: ${name}`,
    ]),
    `current-context: ${contexts[0].name}`,
    'users:',
    ...contexts.flatMap(({ name, token }) => [`- name: ${name}`, '  user:', `    token: ${token}`]),
    '',
  ].join('\n');
}
