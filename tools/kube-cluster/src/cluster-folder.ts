import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@mooring/engines';

export const ROLES = ['admin', 'viewer', 'limited', 'tenant', 'nobody'] as const;

/**
 * Who may do what in the cluster: `admin` everything; `viewer` reads everything; `limited` reads namespaces and pods only; `tenant` reads
 * everything in the namespace `tenant`, and which cluster this is; `nobody` is known by name and may do nothing.
 */
export type Role = (typeof ROLES)[number];

/** `next` is one minor version above `current`. */
export type Release = 'current' | 'next';

interface Kept {
  readonly apiPort: number;
  readonly etcdClientPort: number;
  readonly etcdPeerPort: number;
  readonly tokens: Readonly<Record<Role, string>>;
  readonly release: Release;
}

/** What a cluster keeps over restarts, beside etcd's data: the same folder gives the same address, tokens and certificates. */
export interface ClusterFolder extends Readonly<Kept> {
  readonly path: string;
  file(name: string): string;
  /** Gives the user another token; the API server knows it after its next start. */
  renewToken(role: Role): Promise<void>;
  /** Remembers it: data that a newer API server has written is for no older one. */
  setRelease(release: Release): Promise<void>;
}

/** Who asked for what, without the control plane's own requests (all of them the admin's): one JSON line per request in audit.log. */
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, users: [admin, "system:apiserver"]}
- {level: Metadata}
`;

const SECRET = { mode: 0o600 } as const;
const GROUPS: Partial<Record<Role, string>> = { admin: ',"system:masters"' };
const newToken = (): string => randomBytes(24).toString('base64url');

async function newKept(port: number | undefined): Promise<Kept> {
  return {
    apiPort: port ?? (await freePort()),
    etcdClientPort: await freePort(),
    etcdPeerPort: await freePort(),
    tokens: Object.fromEntries(ROLES.map((role) => [role, newToken()])) as Record<Role, string>,
    release: 'current',
  };
}

/** Opens a folder that was claimed, with what a new one needs (secrets 0600). */
export async function openClusterFolder(path: string, port: number | undefined): Promise<ClusterFolder> {
  const file = (name: string): string => join(path, name);
  await writeFile(file('audit-policy.yaml'), AUDIT_POLICY);
  const known = await readFile(file('cluster.json'), 'utf8').catch(() => undefined);
  let kept = known === undefined ? await newKept(port) : (JSON.parse(known) as Kept);
  const keep = async (next: Kept): Promise<void> => {
    const users = ROLES.map((role) => `${next.tokens[role]},${role},${role}${GROUPS[role] ?? ''}\n`);
    await writeFile(file('tokens.csv'), users.join(''), SECRET);
    await writeFile(file('cluster.json'), JSON.stringify(next, null, 2), SECRET);
    kept = next;
  };
  if (known === undefined) {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(file('service-account.key'), keys.privateKey.export({ type: 'pkcs1', format: 'pem' }), SECRET);
    await writeFile(file('service-account.pub'), keys.publicKey.export({ type: 'spki', format: 'pem' }), SECRET);
    await keep(kept);
  }
  return {
    path,
    file,
    apiPort: kept.apiPort,
    etcdClientPort: kept.etcdClientPort,
    etcdPeerPort: kept.etcdPeerPort,
    get tokens() {
      return kept.tokens;
    },
    get release() {
      return kept.release;
    },
    renewToken: (role) => keep({ ...kept, tokens: { ...kept.tokens, [role]: newToken() } }),
    setRelease: (release) => keep({ ...kept, release }),
  };
}
