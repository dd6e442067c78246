import { createAuthority, issueCertificate, type KeyPair } from '@mooring/certificates';

export type { KeyPair } from '@mooring/certificates';

const TEN_YEARS_MS = 3650 * 86_400_000;

/** Everything by which a simulated cluster and its users prove who they are. Kept by a caller, it survives a restart. */
export interface ClusterKeys {
  readonly caPem: string;
  readonly server: KeyPair;
  readonly client: KeyPair;
  readonly token: string;
}

export interface ServerCertificateOptions {
  /** Names and addresses that the certificate is good for. Default: localhost, 127.0.0.1, ::1. */
  readonly names?: readonly string[];
  /** Default: in ten years. */
  readonly notAfter?: Date;
}

/** Makes a certificate authority, a server certificate, a client certificate (user `simulated`) and a bearer token. */
export async function createClusterKeys(
  clusterName: string,
  { names = ['localhost', '127.0.0.1', '::1'], notAfter }: ServerCertificateOptions = {},
): Promise<ClusterKeys> {
  const inTenYears = new Date(Date.now() + TEN_YEARS_MS);
  const authority = await createAuthority({ name: `${clusterName}-ca`, notAfter: inTenYears });
  const server = await issueCertificate(authority, {
    name: 'kube-apiserver',
    serverNames: names,
    notAfter: notAfter ?? inTenYears,
  });
  const client = await issueCertificate(authority, { name: 'simulated', notAfter: inTenYears });
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('base64url');
  return { caPem: authority.certPem, server, client, token };
}
