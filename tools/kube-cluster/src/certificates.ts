import { readFile, rename, writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { createAuthority, issueCertificate, type KeyPair } from '@mooring/certificates';
import type { ClusterFolder, Role } from './cluster-folder.ts';

const NAMES = ['127.0.0.1', 'localhost', 'kubernetes', 'kubernetes.default.svc', '10.96.0.1'];
const YEAR_MS = 365 * 86_400_000;
const inAYear = (): Date => new Date(Date.now() + YEAR_MS);

/** The cluster's own authority: it signs what the API server shows, and the certificates by which users prove who they are. */
export interface ClusterCertificates {
  /** PEM. */
  readonly ca: string;
  /** For what the API server is told: files that it looks at again when they change. */
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Replaces the server's certificate, and with `newAuthority` the authority too. The API server shows it to new connections within seconds. */
  rotate(options: { readonly newAuthority: boolean }): Promise<void>;
  /** A certificate by which this user is known, valid for a year or until `notAfter`. */
  issueFor(role: Role, notAfter?: Date): Promise<KeyPair>;
}

const readPair = async (certFile: string, keyFile: string): Promise<KeyPair | undefined> => {
  try {
    return { certPem: await readFile(certFile, 'utf8'), keyPem: await readFile(keyFile, 'utf8') };
  } catch {
    return undefined;
  }
};

/** Whole or not at all: somebody watches the file. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Those of the folder, made when there are none. */
export async function openCertificates(folder: ClusterFolder): Promise<ClusterCertificates> {
  const files = { ca: folder.file('ca.crt'), cert: folder.file('server.crt'), key: folder.file('server.key') };
  const authorityKey = folder.file('ca.key');
  const writeAuthority = async (): Promise<KeyPair> => {
    const made = await createAuthority({ name: 'kube-cluster', notAfter: inAYear() });
    await replaceFile(authorityKey, made.keyPem);
    await replaceFile(files.ca, made.certPem);
    return made;
  };
  const writeServer = async (): Promise<void> => {
    const made = await issueCertificate(authority, {
      name: 'kube-apiserver',
      serverNames: NAMES,
      notAfter: inAYear(),
    });
    // The key first: until the certificate is there too, the pair does not fit and the server stays with the old one.
    await replaceFile(files.key, made.keyPem);
    await replaceFile(files.cert, made.certPem);
  };
  let authority = (await readPair(files.ca, authorityKey)) ?? (await writeAuthority());
  if ((await readPair(files.cert, files.key)) === undefined) await writeServer();
  return {
    files,
    get ca() {
      return authority.certPem;
    },
    async rotate({ newAuthority }) {
      if (newAuthority) authority = await writeAuthority();
      await writeServer();
    },
    issueFor: (role, notAfter = inAYear()) => issueCertificate(authority, { name: role, notAfter }),
  };
}

/** The fingerprint of what a server shows to whoever connects. */
export const certificateOf = (server: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(server);
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });
