import { createServer } from 'node:net';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { forbiddenKinds, probeCluster, type ClusterAccess } from '@mooring/cluster-watch';
import { accessOf } from './access-of.ts';

const refusalOf = async (access: ClusterAccess, timeoutMs = 5000): Promise<string> => {
  const result = await probeCluster(access, { timeoutMs });
  if (result.ok) throw new Error(`reached ${result.value.uid}`);
  expect(result.error.message).not.toBe('');
  // What OpenSSL and Node say of themselves is not for the one who reads it.
  expect(result.error.message).not.toMatch(/openssl|routines|node\.js|system-ca|\.c:|[0-9A-F]{8,}/i);
  expect(result.error.suggestedRemediation).not.toBe('');
  return `${result.error.kind} ${result.error.reason}`;
};

describe('probing a cluster', () => {
  let cluster: SimulatedCluster;
  beforeAll(async () => {
    cluster = await createSimulatedCluster({ name: 'probe' });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());
  afterEach(() => cluster.faults.clear());

  it('tells who it is: the UID of kube-system, the version, the platform and the API groups', async () => {
    expect(await probeCluster(accessOf(cluster))).toEqual({
      ok: true,
      value: {
        uid: cluster.uid,
        version: 'v1.35.4',
        platform: 'linux/amd64',
        apiGroups: ['apps', 'discovery.k8s.io'],
      },
    });
  });

  it('names the kinds that may not be listed, and only those', async () => {
    expect(await forbiddenKinds(accessOf(cluster))).toEqual([]);
    cluster.faults.forbid('Node', 'Pod');
    expect(await forbiddenKinds(accessOf(cluster))).toEqual(['nodes', 'pods']);
    expect(await forbiddenKinds({ ...accessOf(cluster), server: 'https://127.0.0.1:1' })).toEqual([]);
  });

  it('accepts a client certificate as well as a token', async () => {
    const { certPem, keyPem } = cluster.keys.client;
    const access: ClusterAccess = { ...accessOf(cluster), auth: { kind: 'certificate', certPem, keyPem } };
    expect(await probeCluster(access)).toMatchObject({ ok: true, value: { uid: cluster.uid } });
  });

  it('runs a credential program when it is told to', async () => {
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: cluster.keys.token },
    };
    const auth = {
      kind: 'exec',
      command: process.execPath,
      args: ['-e', `console.log(process.env.CREDENTIAL)`],
      env: { CREDENTIAL: JSON.stringify(credential) },
      apiVersion: 'client.authentication.k8s.io/v1',
    } as const;
    expect(await probeCluster({ ...accessOf(cluster), auth })).toMatchObject({ ok: true });
    expect(await refusalOf({ ...accessOf(cluster), auth: { ...auth, args: ['-e', 'process.exit(3)'] } })).toBe(
      'refused credential-unusable',
    );
  });

  it.each<[string, string, (access: ClusterAccess) => ClusterAccess]>([
    ['a name nobody knows', 'unreachable dns-failure', (a) => ({ ...a, server: 'https://no-such-host.invalid:6443' })],
    ['a closed port', 'unreachable connection-refused', (a) => ({ ...a, server: 'https://127.0.0.1:1' })],
    ['a wrong token', 'refused unauthorized', (a) => ({ ...a, auth: { kind: 'token', token: 'wrong' } })],
    ['nobody', 'refused uid-unreadable', (a) => ({ ...a, auth: { kind: 'none' } })],
    ['an authority that did not sign', 'refused tls-untrusted', ({ server, auth }) => ({ server, auth })],
    ['another name', 'refused tls-name-mismatch', (a) => ({ ...a, tlsServerName: 'elsewhere.example' })],
    [
      'a certificate that is none',
      'refused credential-unusable',
      (a) => ({ ...a, auth: { kind: 'certificate', certPem: 'x', keyPem: 'y' } }),
    ],
    ['http://', 'refused http-not-allowed', (a) => ({ ...a, server: 'http://127.0.0.1:8080' })],
    ['no URL', 'refused address-invalid', (a) => ({ ...a, server: '127.0.0.1' })],
    ['a metadata address', 'refused address-not-allowed', (a) => ({ ...a, server: 'https://169.254.169.254' })],
    ['the same as a number', 'refused address-not-allowed', (a) => ({ ...a, server: 'https://2852039166/' })],
    ['a link-local address', 'refused address-not-allowed', (a) => ({ ...a, server: 'https://[fe80::1]:6443' })],
  ])('%s is %s', async (_what, refusal, change) => {
    expect(await refusalOf(change(accessOf(cluster)))).toBe(refusal);
  });

  it('trusts an unknown certificate only when told to', async () => {
    const { server, auth } = accessOf(cluster);
    expect(await probeCluster({ server, auth, insecureSkipTlsVerify: true })).toMatchObject({ ok: true });
  });

  it('knows an expired certificate', async () => {
    await using expired = await createSimulatedCluster({
      name: 'expired',
      serverCertificate: { notAfter: new Date(Date.now() - 60_000) },
    });
    expect(await refusalOf(accessOf(expired))).toBe('refused tls-expired');
  });

  it('refuses a cluster whose kube-system may not be read, and names the right that is needed', async () => {
    cluster.faults.forbid('Namespace');
    const result = await probeCluster(accessOf(cluster));
    expect(result).toMatchObject({ ok: false, error: { reason: 'uid-unreadable' } });
    if (!result.ok) expect(result.error.suggestedRemediation).toContain('kube-system');
  });

  it('gives up a cluster that accepts connections and says nothing', async () => {
    cluster.faults.stall();
    expect(await refusalOf(accessOf(cluster), 300)).toBe('unreachable timeout');
  });

  it('passes on when a server with too much to do wants to be asked again', async () => {
    cluster.faults.respond({ status: 429, retryAfterSeconds: 7 });
    expect(await probeCluster(accessOf(cluster))).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', reason: 'throttled', retryAfterMs: 7000 },
    });
  });

  it('a server that fails is unreachable, one that answers HTML is no Kubernetes', async () => {
    cluster.faults.respond({ status: 503 });
    expect(await refusalOf(accessOf(cluster))).toBe('unreachable server-error');
    cluster.faults.clear();
    cluster.faults.respond({ status: 200, body: '<html>Welcome to nginx</html>' });
    expect(await refusalOf(accessOf(cluster))).toBe('refused not-kubernetes');
  });

  it('something that speaks no TLS is no Kubernetes', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(await refusalOf({ ...accessOf(cluster), server: `https://127.0.0.1:${port}` })).toBe(
      'refused not-kubernetes',
    );
    server.close();
  });

  it('never repeats the credential in what it says', async () => {
    const secret = 'marker-token-1234';
    for (const auth of [
      { kind: 'token', token: secret },
      { kind: 'basic', username: 'u', password: secret },
      { kind: 'certificate', certPem: secret, keyPem: secret },
    ] as const)
      expect(JSON.stringify(await probeCluster({ ...accessOf(cluster), auth }))).not.toContain(secret);
  });

  it('stops at once when told to', async () => {
    cluster.faults.stall();
    expect(await probeCluster(accessOf(cluster), { signal: AbortSignal.abort() })).toMatchObject({ ok: false });
  });
});
