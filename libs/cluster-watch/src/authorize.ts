import type { ClusterAccess, ExecCredential } from './access.ts';

/** What goes into the handshake and into the headers of every request. Secret. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>;
  readonly certPem?: string;
  readonly keyPem?: string;
}

/** Runs the credential program (or takes what it gave before, while that is good). Rejects when it fails. */
async function authorizeByProgram(access: ClusterAccess, exec: ExecCredential): Promise<Authorization> {
  // Costs half a second and 80 MB: only those who need it pay.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const env = Object.entries(exec.env ?? {}).map(([name, value]) => ({ name, value }));
  const { command, args = [], apiVersion, provideClusterInfo = false } = exec;
  config.loadFromOptions({
    clusters: [{ name: 'c', server: access.server, skipTLSVerify: false }],
    users: [{ name: 'u', exec: { command, args, apiVersion, provideClusterInfo, env } }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  const options: { headers?: Record<string, string>; cert?: unknown; key?: unknown } = { headers: {} };
  await config.applyToHTTPSOptions(options);
  const pem = (value: unknown): string | undefined =>
    typeof value === 'string' || Buffer.isBuffer(value) ? value.toString() : undefined;
  const certPem = pem(options.cert);
  const keyPem = pem(options.key);
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return certPem === undefined || keyPem === undefined ? { headers } : { headers, certPem, keyPem };
}

/** Makes the credential ready for one connection; rejects only for a program that cannot give one. */
export function authorize(access: ClusterAccess): Authorization | Promise<Authorization> {
  const { auth } = access;
  switch (auth.kind) {
    case 'token':
      return { headers: { authorization: `Bearer ${auth.token}` } };
    case 'basic': {
      const pair = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
      return { headers: { authorization: `Basic ${pair}` } };
    }
    case 'certificate':
      return { headers: {}, certPem: auth.certPem, keyPem: auth.keyPem };
    case 'none':
      return { headers: {} };
    case 'exec':
      return authorizeByProgram(access, auth);
  }
}
