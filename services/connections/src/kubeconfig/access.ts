import type { ClusterAccess, ClusterAuth } from '@mooring/cluster-watch';
import { ok, refused, type Result } from '@mooring/kernel';
import { isForbiddenHost } from './address.ts';
import {
  certificateExpiry,
  checkPrivateKey,
  decodePem,
  tokenExpiry,
  type Finding,
  type ReadCredential,
} from './credential.ts';
import type { ClusterEntry, UserEntry } from './document.ts';

/** What an operator may allow for the kubeconfig given at start-up. For one that was uploaded nothing of it ever is. */
export const ALLOWANCES = ['exec', 'files', 'http'] as const;
export type Allowance = (typeof ALLOWANCES)[number];

export interface AccessRules {
  readonly allowed: ReadonlySet<Allowance>;
  /** Whether an operator could allow it: then the outcome names the flag. */
  readonly operator: boolean;
  /** The content of a file the kubeconfig names; called only where `files` is allowed. Throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** The end of a sentence that says how what was refused can be had. */
function remedy(rules: AccessRules, allowance: Allowance, otherwise: string): string {
  return rules.operator ? `Start with --allow-${allowance} if you trust this kubeconfig, or: ${otherwise}` : otherwise;
}

const FLATTEN = 'hand in the output of `kubectl config view --raw --flatten`, which names no files.';

const dangerous = (field: string, message: string, suggestedRemediation: string): Result<never, Finding> =>
  refused({ code: 'field-not-allowed', field, message, suggestedRemediation });

/** A field's content, given in place (base64) or by a file, where files are allowed. */
function pemOf(
  prefix: string,
  name: string,
  data: string | undefined,
  file: string | undefined,
  rules: AccessRules,
): Result<string | undefined, Finding> {
  if (data !== undefined && data !== '') return decodePem(`${prefix}.${name}-data`, data);
  if (file === undefined || file === '') return ok(undefined);
  return fileOf(`${prefix}.${name}`, file, rules);
}

function fileOf(field: string, path: string, rules: AccessRules): Result<string, Finding> {
  if (!rules.allowed.has('files')) {
    return dangerous(
      field,
      `${field} names a file, and reading files for a kubeconfig is not allowed.`,
      remedy(rules, 'files', FLATTEN),
    );
  }
  try {
    return ok(rules.readFile(path));
  } catch {
    return refused({
      code: 'file-unreadable',
      field,
      message: `${field} names a file that cannot be read.`,
      suggestedRemediation: FLATTEN,
    });
  }
}

type Target = Omit<ClusterAccess, 'auth'>;

/** Where the API server is and how it proves itself. */
export function readTarget(name: string, cluster: ClusterEntry, rules: AccessRules): Result<Target, Finding> {
  const prefix = `clusters[${name}].cluster`;
  const server = readServer(`${prefix}.server`, cluster.server, rules);
  if (!server.ok) return server;
  if (cluster['proxy-url'] !== undefined && cluster['proxy-url'] !== '') {
    return dangerous(
      `${prefix}.proxy-url`,
      'A kubeconfig may not choose a proxy.',
      'remove proxy-url; the API server must be reachable directly.',
    );
  }
  const ca = pemOf(
    prefix,
    'certificate-authority',
    cluster['certificate-authority-data'],
    cluster['certificate-authority'],
    rules,
  );
  if (!ca.ok) return ca;
  if (ca.value !== undefined) {
    const readable = certificateExpiry(`${prefix}.certificate-authority-data`, ca.value);
    if (!readable.ok) return readable;
  }
  return ok({
    server: server.value,
    ...(server.value.startsWith('http:') ? { allowHttp: true } : {}),
    ...(ca.value === undefined ? {} : { caPem: ca.value }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecureSkipTlsVerify: true } : {}),
    ...(cluster['tls-server-name'] === undefined ? {} : { tlsServerName: cluster['tls-server-name'] }),
  });
}

const SERVER_LENGTH_MAX = 2_048;

function readServer(field: string, server: string | undefined, rules: AccessRules): Result<string, Finding> {
  const invalid = (message: string): Result<never, Finding> =>
    refused({
      code: 'address-invalid',
      field,
      message,
      suggestedRemediation: 'Give the URL of the API server, for example https://cluster.example:6443.',
    });
  if (server === undefined || server === '') return invalid(`${field} is missing.`);
  const url = URL.parse(server);
  if (url === null) return invalid(`${field} is not a URL.`);
  if (server.length > SERVER_LENGTH_MAX || url.search !== '' || url.hash !== '')
    return invalid(`${field} is longer than ${SERVER_LENGTH_MAX} characters, or has a query or fragment.`);
  if (url.username !== '' || url.password !== '')
    return invalid(`${field} carries a user or password, which a URL here may not.`);
  if (isForbiddenHost(url.hostname)) {
    return dangerous(
      field,
      `${field} is a link-local or metadata address, which no cluster has.`,
      'Give the address of the API server.',
    );
  }
  switch (url.protocol) {
    case 'https:':
      return ok(server);
    case 'http:':
      return rules.allowed.has('http')
        ? ok(server)
        : dangerous(
            field,
            `${field} is plain http://, so the credential would travel unprotected.`,
            remedy(rules, 'http', 'use the https:// address.'),
          );
    default:
      return invalid(`${field} is not an https:// address.`);
  }
}

/** How we prove ourselves. */
export function readCredential(name: string, user: UserEntry, rules: AccessRules): Result<ReadCredential, Finding> {
  const prefix = `users[${name}].user`;
  if (user['auth-provider'] !== undefined && user['auth-provider'] !== null) {
    return dangerous(
      `${prefix}.auth-provider`,
      'Auth providers are not supported (Kubernetes removed them in 1.26).',
      'use a token or a client certificate.',
    );
  }
  const impersonated = (['as', 'as-groups', 'as-uid', 'as-user-extra'] as const).find(
    (field) => user[field] !== undefined && user[field] !== null,
  );
  if (impersonated !== undefined) {
    return dangerous(
      `${prefix}.${impersonated}`,
      'Impersonation is not supported, and without it the credential would have other rights than meant.',
      'hand in a credential that has the rights itself.',
    );
  }
  if (user.exec !== undefined && user.exec !== null) return readExec(prefix, user.exec, rules);
  if (user.tokenFile !== undefined && user.tokenFile !== '') {
    const token = fileOf(`${prefix}.tokenFile`, user.tokenFile, rules);
    return token.ok ? ok(bearer(token.value.trim())) : token;
  }
  const certificate = readClientCertificate(prefix, user, rules);
  if (!certificate.ok) return certificate;
  if (certificate.value !== undefined) return ok(certificate.value);
  if (user.token !== undefined && user.token !== '') return ok(bearer(user.token));
  if (user.username !== undefined && user.username !== '') {
    return ok({ auth: { kind: 'basic', username: user.username, password: user.password ?? '' } });
  }
  return ok({ auth: { kind: 'none' } });
}

function bearer(token: string): ReadCredential {
  const expiresAt = tokenExpiry(token);
  return { auth: { kind: 'token', token }, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function readExec(
  prefix: string,
  exec: NonNullable<UserEntry['exec']>,
  rules: AccessRules,
): Result<ReadCredential, Finding> {
  if (!rules.allowed.has('exec')) {
    return dangerous(
      `${prefix}.exec`,
      `${prefix}.exec gets the credential by running a program (${exec.command}), and running programs for a kubeconfig is not allowed.`,
      remedy(
        rules,
        'exec',
        'hand in a kubeconfig with a token or a client certificate, for example of a service account.',
      ),
    );
  }
  const auth: ClusterAuth = {
    kind: 'exec',
    command: exec.command,
    apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
    ...(exec.args == null ? {} : { args: exec.args }),
    ...(exec.env == null ? {} : { env: Object.fromEntries(exec.env.map(({ name, value }) => [name, value])) }),
    ...(exec.provideClusterInfo === undefined ? {} : { provideClusterInfo: exec.provideClusterInfo }),
  };
  return ok({ auth });
}

function readClientCertificate(
  prefix: string,
  user: UserEntry,
  rules: AccessRules,
): Result<ReadCredential | undefined, Finding> {
  const cert = pemOf(prefix, 'client-certificate', user['client-certificate-data'], user['client-certificate'], rules);
  if (!cert.ok) return cert;
  const key = pemOf(prefix, 'client-key', user['client-key-data'], user['client-key'], rules);
  if (!key.ok) return key;
  if (cert.value === undefined && key.value === undefined) return ok(undefined);
  const missing =
    cert.value === undefined ? 'client-certificate-data' : key.value === undefined ? 'client-key-data' : undefined;
  if (cert.value === undefined || key.value === undefined) {
    return refused({
      code: 'certificate-unreadable',
      field: `${prefix}.${missing ?? ''}`,
      message: `${prefix}.${missing ?? ''} is missing beside its other half.`,
      suggestedRemediation: 'Export the kubeconfig again with `kubectl config view --raw --flatten`.',
    });
  }
  const expiresAt = certificateExpiry(`${prefix}.client-certificate-data`, cert.value);
  if (!expiresAt.ok) return expiresAt;
  const readable = checkPrivateKey(`${prefix}.client-key-data`, key.value);
  if (!readable.ok) return readable;
  return ok({ auth: { kind: 'certificate', certPem: cert.value, keyPem: key.value }, expiresAt: expiresAt.value });
}
