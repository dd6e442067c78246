import type { ClusterAccess, ExecCredential } from './access.ts';
import { credentialOf, execInfoOf } from './exec-credential.ts';

const V1 = 'client.authentication.k8s.io/v1';
const printed = (status: unknown, apiVersion = V1, kind = 'ExecCredential'): string =>
  JSON.stringify({ apiVersion, kind, status });

describe('what a credential program printed', () => {
  it.each<[string, string, unknown]>([
    ['a token', printed({ token: 't' }), { token: 't' }],
    ['a token that has a term', printed({ token: 't', expirationTimestamp: '2026-01-01T00:00:00Z' }), { token: 't' }],
    ['a token by the older version', printed({ token: 't' }, `${V1}beta1`), { token: 't' }],
    [
      'a certificate with its key',
      printed({ clientCertificateData: 'c', clientKeyData: 'k' }),
      { certPem: 'c', keyPem: 'k' },
    ],
    [
      'all of it',
      printed({ token: 't', clientCertificateData: 'c', clientKeyData: 'k' }),
      { token: 't', certPem: 'c', keyPem: 'k' },
    ],
    [
      'a certificate without its key beside a token',
      printed({ token: 't', clientCertificateData: 'c' }),
      { token: 't' },
    ],
  ])('is a credential where it is %s', (_what, output, credential) => {
    expect(credentialOf(output)).toEqual(credential);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['text', 'Please log in at https://login.example'],
    ['JSON of something else', printed({ token: 't' }, 'v1', 'Secret')],
    ['of a version that is no longer there', printed({ token: 't' }, `${V1}alpha1`)],
    ['without a status', printed(undefined)],
    ['without anything in it', printed({})],
    ['a certificate without its key', printed({ clientCertificateData: 'c' })],
    ['a token that no header can hold', printed({ token: 'two\nlines' })],
    ['a token that is none', printed({ token: 7 })],
  ])('is none where it is %s', (_what, output) => {
    expect(credentialOf(output)).toBeUndefined();
  });
});

describe('what a credential program is told', () => {
  const access: ClusterAccess = {
    ...{ server: 'https://cluster.example:6443', caPem: 'pem', tlsServerName: 'other.example' },
    auth: { kind: 'token', token: 'secret' },
  };
  const exec: ExecCredential = { kind: 'exec', command: 'x', apiVersion: V1 };

  it('is the version it is to speak, and that nobody is there to be asked', () => {
    expect(JSON.parse(execInfoOf(access, exec))).toEqual({
      ...{ apiVersion: V1, kind: 'ExecCredential' },
      spec: { interactive: false },
    });
  });

  it('is the cluster where that is wanted, without anything secret', () => {
    expect(JSON.parse(execInfoOf(access, { ...exec, provideClusterInfo: true }))).toMatchObject({
      spec: {
        cluster: {
          server: 'https://cluster.example:6443',
          'tls-server-name': 'other.example',
          'certificate-authority-data': Buffer.from('pem').toString('base64'),
        },
      },
    });
  });
});
