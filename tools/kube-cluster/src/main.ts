import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '@mooring/kernel';
import { ACTIONS, parseRate } from './actions.ts';
import { openControlSocket, sendAction } from './control-socket.ts';
import { BUNDLES, type Bundle } from './custom-types.ts';
import { startKubeCluster, type KubeCluster } from './kube-cluster.ts';

const USAGE = `usage: npm run kube-cluster -- up [--nodes 10] [--pods 1000] [--churn 5/s] [--crds gateway-api,istio]
                                  [--clusters 1] [--data DIR] [--port PORT]
Runs real Kubernetes control planes with simulated nodes until Ctrl-C. Without --data they are forgotten afterwards; of
several, each has a folder in it and a free port.

       npm run kube-cluster -- ACTION --data DIR
Does something to a cluster that runs in DIR:
${ACTIONS}`;

const text = { type: 'string' } as const;
const OPTIONS = { nodes: text, pods: text, churn: text, crds: text, clusters: text, data: text, port: text } as const;

async function up(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: OPTIONS });
  const clusters = toCount('clusters', values.clusters ?? '1');
  const perSecond = values.churn === undefined ? undefined : parseRate(values.churn);
  if (values.churn !== undefined && perSecond === undefined)
    throw new Error(`--churn is a rate like 5/s, not ${values.churn}`);
  const bundles = (values.crds ?? '')
    .split(',')
    .filter((name) => name !== '')
    .map(toBundle);
  const temporary = values.data === undefined;
  const dataFolder = resolve(values.data ?? (await mkdtemp(join(tmpdir(), 'mooring-kube-cluster-'))));
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  try {
    await using running = new AsyncDisposableStack();
    for (let number = 1; number <= clusters && !stopping.signal.aborted; number += 1) {
      const folder = clusters === 1 ? dataFolder : join(dataFolder, String(number));
      const startedAt = performance.now();
      const cluster = running.use(
        await startKubeCluster({
          dataFolder: folder,
          nodes: toCount('nodes', values.nodes ?? '10'),
          pods: toCount('pods', values.pods ?? '0'),
          ...(values.port === undefined ? {} : { port: toCount('port', values.port) + number - 1 }),
          progress: (line) => console.log(line),
          signal: stopping.signal,
        }),
      );
      for (const bundle of bundles) await cluster.installCrds(bundle);
      running.use(await openControlSocket(folder, cluster));
      describe(cluster, folder, (performance.now() - startedAt) / 1000);
      if (perSecond !== undefined) running.use(startChurn(cluster, perSecond));
    }
    console.log('Ctrl-C stops it');
    if (!stopping.signal.aborted) await new Promise((done) => stopping.signal.addEventListener('abort', done));
  } catch (thrown) {
    // Ctrl-C while it starts is an end like any other.
    if (thrown !== stopping.signal.reason) throw thrown;
  } finally {
    if (temporary) await rm(dataFolder, { recursive: true, force: true });
  }
}

function describe(cluster: KubeCluster, folder: string, seconds: number): void {
  console.log(
    `server      ${cluster.server} (Kubernetes ${cluster.version}, after ${seconds.toFixed(1)} s)\n` +
      `uid         ${cluster.uid}\nkubeconfig  ${cluster.kubeconfigPath}\nlogs        ${folder}/*.log\n` +
      `act on it   npm run kube-cluster -- restart --data ${folder}`,
  );
}

function startChurn(cluster: KubeCluster, perSecond: number): AsyncDisposable {
  const stopping = new AbortController();
  const done = cluster.churn({ perSecond, signal: stopping.signal });
  console.log(`churn       ${perSecond} writes a second`);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      const { writes, failed, seconds } = await done;
      console.log(`${writes} writes in ${seconds.toFixed(1)} s, ${failed} refused`);
    },
  };
}

function toBundle(name: string): Bundle {
  const bundle = BUNDLES.find((each) => each === name);
  if (bundle === undefined) throw new Error(`--crds knows ${BUNDLES.join(' and ')}, not ${name}`);
  return bundle;
}

function toCount(name: string, given: string): number {
  const count = Number(given);
  if (!Number.isInteger(count) || count < 0) throw new Error(`--${name} is a whole number, not ${given}`);
  return count;
}

async function act(words: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    options: { data: text, 'new-authority': { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.data === undefined)
    throw new Error(`${positionals[0] ?? ''} needs --data DIR, the folder of a running cluster`);
  const authority = values['new-authority'] === true ? ['--new-authority'] : [];
  console.log(await sendAction(resolve(values.data), [...positionals, ...authority]));
}

const [command, ...rest] = process.argv.slice(2);
if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
  console.log(USAGE);
} else if (command === undefined) {
  console.error(USAGE);
  process.exitCode = 1;
} else {
  await (command === 'up' ? up(rest) : act([command, ...rest])).catch((thrown: unknown) => {
    console.error(messageOf(thrown));
    process.exitCode = 1;
  });
}
