import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@mooring/engines';

export const ROLES = ['admin', 'viewer', 'limited', 'nobody'] as const;

/**
 * Who may do what in the cluster: `admin` everything; `viewer` reads everything; `limited` reads namespaces and pods only;
 * `nobody` is known by name and may do nothing.
 */
export type Role = (typeof ROLES)[number];

/** What a cluster keeps over restarts, beside etcd's data: the same folder gives the same address, tokens and certificate. */
export interface ClusterFolder {
  readonly path: string;
  readonly apiPort: number;
  readonly etcdClientPort: number;
  readonly etcdPeerPort: number;
  readonly tokens: Readonly<Record<Role, string>>;
  readonly file: (name: string) => string;
}

type Kept = Pick<ClusterFolder, 'apiPort' | 'etcdClientPort' | 'etcdPeerPort' | 'tokens'>;

/** Who asked for what, without the control plane's own requests (all of them the admin's): one JSON line per request in audit.log. */
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, users: [admin, "system:apiserver"]}
- {level: Metadata}
`;

/** Opens the folder, making it (0700, secrets 0600) when it is new. */
export async function openClusterFolder(path: string, port: number | undefined): Promise<ClusterFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(path, name);
  await writeFile(file('audit-policy.yaml'), AUDIT_POLICY);
  const known = await readFile(file('cluster.json'), 'utf8').catch(() => undefined);
  if (known !== undefined) return { path, file, ...(JSON.parse(known) as Kept) };
  const token = (): string => randomBytes(24).toString('base64url');
  const kept: Kept = {
    apiPort: port ?? (await freePort()),
    etcdClientPort: await freePort(),
    etcdPeerPort: await freePort(),
    tokens: { admin: token(), viewer: token(), limited: token(), nobody: token() },
  };
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const groups: Partial<Record<Role, string>> = { admin: ',"system:masters"' };
  const users = ROLES.map((role) => `${kept.tokens[role]},${role},${role}${groups[role] ?? ''}\n`);
  const secret = { mode: 0o600 };
  await writeFile(file('tokens.csv'), users.join(''), secret);
  await writeFile(file('service-account.key'), keys.privateKey.export({ type: 'pkcs1', format: 'pem' }), secret);
  await writeFile(file('service-account.pub'), keys.publicKey.export({ type: 'spki', format: 'pem' }), secret);
  await writeFile(file('cluster.json'), JSON.stringify(kept, null, 2), secret);
  return { path, file, ...kept };
}
