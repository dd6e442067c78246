import { ok, type Result } from '@mooring/kernel';
import type { ClusterAccess } from './access.ts';
import { askProgram, type CredentialLimits } from './exec-credential.ts';
import type { ClusterRefusal } from './refusal.ts';

/** What goes into the handshake and into the headers of every request. Secret. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>;
  readonly certPem?: string;
  readonly keyPem?: string;
}

const bearer = (token: string): Authorization => ({ headers: { authorization: `Bearer ${token}` } });

/** Makes the credential ready for one connection; refuses only for a program that gives none in time. Never rejects. */
export async function authorize(
  access: ClusterAccess,
  limits: CredentialLimits,
): Promise<Result<Authorization, ClusterRefusal>> {
  const { auth } = access;
  switch (auth.kind) {
    case 'token':
      return ok(bearer(auth.token));
    case 'basic': {
      const pair = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
      return ok({ headers: { authorization: `Basic ${pair}` } });
    }
    case 'certificate':
      return ok({ headers: {}, certPem: auth.certPem, keyPem: auth.keyPem });
    case 'none':
      return ok({ headers: {} });
    case 'exec': {
      const asked = await askProgram(access, auth, limits);
      if (!asked.ok) return asked;
      const { token, ...certificate } = asked.value;
      return ok({ ...certificate, headers: token === undefined ? {} : bearer(token).headers });
    }
  }
}
