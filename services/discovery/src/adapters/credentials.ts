import type { ClusterAccess } from '@mooring/cluster-watch';
import { Failure, ok, refused, type Result } from '@mooring/kernel';
import type { CredentialChannel } from '@mooring/messaging';
import { compactDecrypt, importJWK, type CryptoKey, type JWK } from 'jose';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Trouble } from '../domain/observed.ts';
import { CREDENTIAL_MISSING } from '../domain/reporting.ts';

/** Ways into clusters, by the id of their credential. Nothing is kept here: every call reads and decrypts anew. */
export interface Credentials {
  /**
   * The access, or why there is none: not there (yet), or not readable with our key. Throws a Failure when the channel cannot
   * be asked. What it gives holds secrets: keep it no longer than a connection needs it.
   */
  open(credentialId: string): Promise<Result<ClusterAccess, Trouble>>;
}

const ALGORITHM = 'ECDH-ES+A256KW';

const Auth = Type.Union([
  Type.Object({ kind: Type.Literal('token'), token: Type.String() }),
  Type.Object({ kind: Type.Literal('certificate'), certPem: Type.String(), keyPem: Type.String() }),
  Type.Object({ kind: Type.Literal('basic'), username: Type.String(), password: Type.String() }),
  Type.Object({ kind: Type.Literal('exec'), command: Type.String(), apiVersion: Type.String() }),
  Type.Object({ kind: Type.Literal('none') }),
]);
const isAccess = Compile(Type.Object({ server: Type.String({ minLength: 1 }), auth: Auth }));

const missing: Trouble = {
  kind: 'refused',
  reason: {
    code: CREDENTIAL_MISSING,
    message: 'The credential for this cluster has not arrived.',
    suggestedRemediation: 'It is sent again by itself. If this stays, import the kubeconfig again.',
  },
};

const unusable: Trouble = {
  kind: 'refused',
  reason: {
    code: 'credential-unusable',
    message: 'The credential for this cluster cannot be read: it was encrypted to another key, or altered.',
    suggestedRemediation: 'Import the kubeconfig again.',
  },
};

/** `key` is the text of a private JWK (EC P-256). Throws Failure `invalid` when it is none. */
export async function createCredentials(channel: Pick<CredentialChannel, 'get'>, key: string): Promise<Credentials> {
  const privateKey = await readKey(key);
  return {
    async open(credentialId) {
      const sealed = await channel.get(credentialId);
      if (sealed === undefined) return refused(missing);
      const access = await decrypt(sealed, privateKey);
      return access === undefined ? refused(unusable) : ok(access);
    },
  };
}

async function readKey(text: string): Promise<CryptoKey> {
  try {
    return (await importJWK(JSON.parse(text) as JWK, ALGORITHM)) as CryptoKey;
  } catch {
    // Without the cause: an error about a key may quote it.
    throw new Failure('invalid', 'the credential key is not a private JWK of the curve P-256');
  }
}

async function decrypt(sealed: Uint8Array, key: CryptoKey): Promise<ClusterAccess | undefined> {
  try {
    const { plaintext } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    const access: unknown = JSON.parse(new TextDecoder().decode(plaintext));
    return isAccess.Check(access) ? access : undefined;
  } catch {
    return undefined;
  }
}
