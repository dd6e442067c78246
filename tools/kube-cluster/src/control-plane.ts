import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureEngine, isPortTaken, portInUse, startProcess, type EngineProcess } from '@mooring/engines';
import type { Failure } from '@mooring/kernel';
import type { ClusterCertificates } from './certificates.ts';
import type { ClusterFolder } from './cluster-folder.ts';

export const CONTROLLERS = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
export type Part = 'kube-apiserver' | (typeof CONTROLLERS)[number];

/** Starts the parts of a cluster, each a process that writes to a log file in the cluster's folder. */
export interface ControlPlane {
  /** Of Kubernetes, without a leading `v`. */
  readonly version: string;
  /** Parts that have ended although nobody stopped them, and why; until they are started again. */
  readonly deaths: ReadonlyMap<Part, Failure>;
  /** The API server with its etcd; resolves when it listens, which is before it is ready. */
  startApiServer(): Promise<EngineProcess>;
  /** Controllers, scheduler, and the simulated kubelets of all nodes. */
  startControllers(kubeconfigPath: string): Promise<readonly EngineProcess[]>;
}

// A cluster of our own has nobody to be polite to: the default of 20 requests a second would take a minute for 1,000 pods.
const UNHURRIED = ['--kube-api-qps=1000', '--kube-api-burst=2000'];

/** It waits for each answer: with its default of four pods at a time a busy machine sees 20 pods a second begin to run. */
const KWOK_CONFIGURATION = `apiVersion: config.kwok.x-k8s.io/v1alpha1
kind: KwokConfiguration
options: {podPlayStageParallelism: 16, nodePlayStageParallelism: 4, nodeLeaseParallelism: 4, podsOnNodeSyncParallelism: 4}
`;

/** Pods become ready at once, nodes keep their lease: the stages that kwok runs. Without any it exits. */
const STAGES = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

const PROGRAMS = { current: 'kube-control-plane', next: 'kube-control-plane-next' } as const;

export interface ControlPlaneOptions {
  readonly folder: ClusterFolder;
  readonly certificates: ClusterCertificates;
  /** Beside our own; a flag that is there twice is the last one's. */
  readonly apiServerFlags: readonly string[];
  readonly progress: (line: string) => void;
}

/** Of the folder's release. Gets the programs first: their first build takes minutes, and `progress` says so. */
export async function createControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { folder, progress } = options;
  const { path: program, version } = await ensureEngine(PROGRAMS[folder.release], { progress });
  const { path: kwok } = await ensureEngine('kwok', { progress });
  const deaths = new Map<Part, Failure>();
  const start = async (
    what: Part,
    command: readonly [string, ...string[]],
    readyWhen: (line: string) => true | undefined,
    env: Record<string, string> = {},
  ): Promise<EngineProcess> => {
    deaths.delete(what);
    const log = createWriteStream(folder.file(`${what}.log`), { flags: 'a', mode: 0o600 });
    const [path, ...args] = command;
    const { process: started } = await startProcess({
      what,
      program: path,
      args,
      cwd: folder.path,
      env: { ...process.env, ...env },
      readyWhen,
      log: (line) => log.write(`${line}\n`),
      onDeath: (why) => deaths.set(what, why),
      // Open watches would hold an orderly stop for a minute.
      stopTimeoutMs: 3_000,
    });
    void started.exited.then(() => log.end());
    return started;
  };
  const anyLine = (): true => true;

  return {
    version,
    deaths,
    async startApiServer() {
      if (await isPortTaken(folder.apiPort)) throw portInUse('kube-apiserver', folder.apiPort);
      return start(
        'kube-apiserver',
        [program, 'kube-apiserver', ...apiServerFlags(options)],
        (line) => (line.includes('Serving securely on') ? true : undefined),
        {
          ETCD_DATA_DIR: folder.file('etcd'),
          ETCD_CLIENT_URL: `http://127.0.0.1:${folder.etcdClientPort}`,
          ETCD_PEER_URL: `http://127.0.0.1:${folder.etcdPeerPort}`,
        },
      );
    },
    async startControllers(kubeconfigPath) {
      const kwokFile = folder.file('kwok.yaml');
      await writeFile(kwokFile, KWOK_CONFIGURATION);
      const kubeconfig = `--kubeconfig=${kubeconfigPath}`;
      const alone = [kubeconfig, '--leader-elect=false', '--secure-port=0', ...UNHURRIED];
      const key = `--service-account-private-key-file=${folder.file('service-account.key')}`;
      const stages = STAGES.flatMap((stage) => ['-c', join(dirname(kwok), 'kustomize', 'stage', stage)]);
      const kwokFlags = ['--manage-all-nodes', '--node-lease-duration-seconds=40'];
      const kubelets = [kubeconfig, ...kwokFlags, '-c', kwokFile, ...stages];
      return allOrNone([
        start('kube-controller-manager', [program, 'kube-controller-manager', ...alone, key], anyLine),
        start('kube-scheduler', [program, 'kube-scheduler', ...alone], anyLine),
        start('kwok', [kwok, ...kubelets], anyLine, { KWOK_WORKDIR: folder.file('kwok') }),
      ]);
    },
  };
}

/** What was started is stopped again when one of them could not be. */
async function allOrNone(starting: readonly Promise<EngineProcess>[]): Promise<readonly EngineProcess[]> {
  const results = await Promise.allSettled(starting);
  const failed = results.find((result) => result.status === 'rejected');
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed === undefined) return started;
  await Promise.all(started.map((each) => each.stop()));
  throw failed.reason;
}

const apiServerFlags = ({ folder, certificates, apiServerFlags: more }: ControlPlaneOptions): readonly string[] => [
  `--etcd-servers=http://127.0.0.1:${folder.etcdClientPort}`,
  '--bind-address=127.0.0.1',
  '--advertise-address=127.0.0.1',
  `--secure-port=${folder.apiPort}`,
  `--tls-cert-file=${certificates.files.cert}`,
  `--tls-private-key-file=${certificates.files.key}`,
  `--client-ca-file=${certificates.files.ca}`,
  `--audit-policy-file=${folder.file('audit-policy.yaml')}`,
  `--audit-log-path=${folder.file('audit.log')}`,
  `--token-auth-file=${folder.file('tokens.csv')}`,
  '--authorization-mode=RBAC',
  '--anonymous-auth=false',
  '--service-account-issuer=https://kube-cluster.test',
  `--service-account-signing-key-file=${folder.file('service-account.key')}`,
  `--service-account-key-file=${folder.file('service-account.pub')}`,
  '--service-cluster-ip-range=10.96.0.0/16',
  '--disable-admission-plugins=ServiceAccount',
  ...more,
];
