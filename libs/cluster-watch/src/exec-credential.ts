import { ok, refused, type Result } from '@mooring/kernel';
import type { ClusterAccess, ExecCredential } from './access.ts';
import { refusedBecause, unreachable } from './explain.ts';
import { asObject, asWord, at, given, parseObject } from './json.ts';
import type { ClusterRefusal } from './refusal.ts';
import { runProgram, type ProgramEnd } from './run-program.ts';

/** What a program gave: a token, a certificate with its key, or all of them. Secret. */
export interface ProgramCredential {
  readonly token?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
}

export interface CredentialLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const VERSIONS: ReadonlySet<unknown> = new Set([
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
]);
/** A token with a certificate chain has some kilobytes. */
const OUTPUT_BYTES_MAX = 1024 * 1024;
/** What a header can hold; anything else would not be sent as it is. */
const TOKEN = /^[\x21-\x7e]+$/;

/** What the program is told of what it is asked for, in `KUBERNETES_EXEC_INFO`. */
export function execInfoOf(
  { server, caPem, tlsServerName, insecureSkipTlsVerify }: ClusterAccess,
  exec: ExecCredential,
): string {
  const cluster = given({
    server,
    'tls-server-name': tlsServerName,
    'insecure-skip-tls-verify': insecureSkipTlsVerify,
    'certificate-authority-data': caPem === undefined ? undefined : Buffer.from(caPem).toString('base64'),
  });
  return JSON.stringify({
    apiVersion: exec.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec.provideClusterInfo === true ? { cluster } : {}) },
  });
}

/** `undefined` where the output is no ExecCredential with something to show to a cluster in it. */
export function credentialOf(output: string): ProgramCredential | undefined {
  const document = parseObject(output);
  const status = asObject(at(document, 'status'));
  if (at(document, 'kind') !== 'ExecCredential' || !VERSIONS.has(at(document, 'apiVersion'))) return undefined;
  const token = asWord(at(status, 'token'));
  const certPem = asWord(at(status, 'clientCertificateData'));
  const keyPem = asWord(at(status, 'clientKeyData'));
  const hasCertificate = certPem !== undefined && keyPem !== undefined;
  if (token === undefined ? !hasCertificate : !TOKEN.test(token)) return undefined;
  return given({ token, ...(hasCertificate ? { certPem, keyPem } : {}) });
}

/** Of what the program said nothing is repeated: it may hold what it was given, or what it should have given. */
function whyNone(end: Exclude<ProgramEnd, { kind: 'stopped' }>, timeoutMs: number): string {
  switch (end.kind) {
    case 'timeout':
      return `did not answer within ${timeoutMs / 1000} s`;
    case 'not-started':
      return `cannot be started${end.code === '' ? '' : ` (${end.code})`}`;
    case 'too-much-output':
      return `printed more than ${OUTPUT_BYTES_MAX} bytes`;
    case 'exited':
      if (end.code === '0') return 'printed something that is no credential';
      return end.code === '' ? 'was ended by a signal' : `ended with code ${end.code}`;
  }
}

/** It waits for something, which is mostly the network, as after a break of it: a later try may succeed, and the credential is as good as it was. */
const hangs = (message: string): ClusterRefusal => ({
  ...unreachable('stalled', message),
  suggestedRemediation:
    'Run the credential program by hand and see what it waits for: the network of this machine, or somebody to log in.',
});

/**
 * Runs the credential program; what it gave is not kept. One that does not answer in time is `unreachable`, any other that gives no credential
 * is refused. Never rejects. When it resolves, the program has ended.
 */
export async function askProgram(
  access: ClusterAccess,
  exec: ExecCredential,
  { timeoutMs, signal }: CredentialLimits,
): Promise<Result<ProgramCredential, ClusterRefusal>> {
  const { command, args = [] } = exec;
  const env = { ...process.env, ...exec.env, KUBERNETES_EXEC_INFO: execInfoOf(access, exec) };
  const end = await runProgram({ command, args, env }, { timeoutMs, signal, outputBytesMax: OUTPUT_BYTES_MAX });
  if (end.kind === 'stopped') return refused(unreachable('network', 'the attempt was stopped'));
  const credential = end.kind === 'exited' && end.code === '0' ? credentialOf(end.output) : undefined;
  if (credential !== undefined) return ok(credential);
  const message = `the credential program ${command} ${whyNone(end, timeoutMs)}`;
  return refused(end.kind === 'timeout' ? hangs(message) : refusedBecause('credential-unusable', message));
}
