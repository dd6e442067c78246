import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { probeCluster, type ClusterAccess, type ExecCredential } from '@mooring/cluster-watch';
import { startRecordedWatch } from '../conformance/recorded-watch.ts';
import { accessOf } from './access-of.ts';
import { until } from './until.ts';

const API_VERSION = 'client.authentication.k8s.io/v1';
/** A wrapper, as those of cloud vendors are: what it waits for is another process. */
const HANGS = 'sleep 300 & echo "$$ $!" > "$PIDS"; wait';

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** One that was killed may be there until its parent has asked after it, as a zombie: it does not run. */
function runs(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
  } catch {
    return false;
  }
  return !/\) Z /.test(textOf(`/proc/${pid}/stat`));
}

describe('a credential program', () => {
  let cluster: SimulatedCluster;
  let folder: string;
  beforeAll(async () => {
    cluster = await createSimulatedCluster({ name: 'program', nodes: 1, pods: 1 });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'credential-program-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const accessBy = (script: string, more: Partial<ExecCredential> = {}): ClusterAccess => ({
    ...accessOf(cluster),
    auth: {
      ...{ kind: 'exec', command: '/bin/sh', args: ['-c', script], apiVersion: API_VERSION },
      env: { PIDS: join(folder, 'pids'), SECRET: 'marker-1234', ...more.env },
      ...more,
    },
  });
  const pids = (): readonly string[] => textOf(join(folder, 'pids')).trim().split(/\s+/).filter(Boolean);
  const started = (): Promise<void> => until('it has started', () => pids().length === 2);
  /** Of one that has started: what was never there is not gone. */
  const gone = async (): Promise<void> => {
    expect(pids()).toHaveLength(2);
    await until('it is gone', () => !pids().some(runs));
  };
  const wordsOf = async (access: ClusterAccess, timeoutMs = 10_000): Promise<string> => {
    const result = await probeCluster(access, { timeoutMs });
    if (result.ok) throw new Error(`reached ${result.value.uid}`);
    expect(result.error.message).not.toContain('marker-1234');
    return `${result.error.reason}: ${result.error.message}`;
  };
  const printing = (credential: object): string =>
    `printf %s '${JSON.stringify({ apiVersion: API_VERSION, kind: 'ExecCredential', ...credential })}'`;

  it('gives a token, or a certificate with its key', async () => {
    const { certPem, keyPem } = cluster.keys.client;
    for (const status of [{ token: cluster.keys.token }, { clientCertificateData: certPem, clientKeyData: keyPem }])
      expect(await probeCluster(accessBy(printing({ status })))).toMatchObject({
        ok: true,
        value: { uid: cluster.uid },
      });
  });

  it('is told of the cluster, and has no input to wait for', async () => {
    const script = `read line; [ -z "$line" ] || exit 1; case "$KUBERNETES_EXEC_INFO" in *"${cluster.server}"*) ${printing({ status: { token: cluster.keys.token } })};; esac`;
    expect(await probeCluster(accessBy(script, { provideClusterInfo: true }))).toMatchObject({ ok: true });
    expect(await wordsOf(accessBy(script))).toContain('no credential');
  });

  it('that does not answer in time is killed, with what it has started, and may answer the next time', async () => {
    const startedAt = performance.now();
    const result = await probeCluster(accessBy(HANGS), { timeoutMs: 1_500 });
    expect(result).toMatchObject({
      ok: false,
      error: {
        kind: 'unreachable',
        message: 'the credential program /bin/sh did not answer within 1.5 s',
        suggestedRemediation: expect.stringContaining('Run the credential program by hand') as unknown,
      },
    });
    expect(JSON.stringify(result)).not.toContain('marker-1234');
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    await gone();
  });

  it('is killed at once when the look is given up, or the watch is stopped', async () => {
    const stopping = new AbortController();
    const looking = probeCluster(accessBy(HANGS), { timeoutMs: 60_000, signal: stopping.signal });
    await started();
    expect(pids().every(runs)).toBe(true);
    stopping.abort();
    expect(await looking).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    await gone();
    rmSync(join(folder, 'pids'));
    const watch = startRecordedWatch({ access: accessBy(HANGS), timing: { connectTimeoutMs: 60_000 } });
    await started();
    await watch[Symbol.asyncDispose]();
    expect(await watch.watch.finished).toBe('stopped');
    await gone();
  });

  it.each<[string, string, string]>([
    ['prints something else', 'echo "$SECRET"', 'printed something that is no credential'],
    ['prints without end', 'exec yes "$SECRET"', 'printed more than 1048576 bytes'],
    ['ends with an error', 'echo "$SECRET" >&2; exit 3', 'ended with code 3'],
    ['is ended by a signal', 'kill -9 $$', 'was ended by a signal'],
  ])('that %s is refused, and nothing of what it said is repeated', async (_what, script, words) => {
    expect(await wordsOf(accessBy(`echo "$$ $$" > "$PIDS"; ${script}`))).toBe(
      `credential-unusable: the credential program /bin/sh ${words}`,
    );
    await gone();
  });

  it('that is not there is refused', async () => {
    expect(await wordsOf(accessBy('', { command: '/no/such/program' }))).toBe(
      'credential-unusable: the credential program /no/such/program cannot be started (ENOENT)',
    );
    expect(await wordsOf(accessBy('\0'))).toContain('cannot be started');
  });
});
