import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { listenForStop, signal, treeOf } from '@mooring/engines';
import { messageOf } from '@mooring/kernel';
import { ACTIONS } from './actions.ts';
import { openControlSocket, sendAction } from './control-socket.ts';
import { startKubeCluster, type KubeCluster } from './kube-cluster.ts';
import { parseWords } from './parse-words.ts';
import { readUpOptions } from './up-options.ts';

const USAGE = `usage: npm run kube-cluster -- up [--nodes 10] [--pods 1000] [--churn 5/s] [--crds gateway-api,istio]
                                  [--clusters 1] [--data DIR] [--port PORT]
Runs real Kubernetes control planes with simulated nodes until Ctrl-C; a second one ends them at once. Without --data they are
forgotten afterwards; of several, each has a folder in it and a free port.

       npm run kube-cluster -- ACTION --data DIR
Does something to a cluster that runs in DIR:
${ACTIONS}`;

async function up(args: string[]): Promise<void> {
  const { clusters, nodes, pods, port, churnPerSecond, bundles, data } = readUpOptions(args);
  const temporary = data === undefined;
  const dataFolder = resolve(data ?? (await mkdtemp(join(tmpdir(), 'mooring-kube-cluster-'))));
  const stopping = new AbortController();
  const stopped = stopping.signal;
  stopped.addEventListener('abort', () => console.log('Stopping …'));
  listenForStop({
    onAsked: () => stopping.abort(),
    onAgain: () => endAtOnce(temporary ? dataFolder : undefined),
  });
  try {
    await using running = new AsyncDisposableStack();
    for (let number = 1; number <= clusters && !stopped.aborted; number += 1) {
      const folder = clusters === 1 ? dataFolder : join(dataFolder, String(number));
      const startedAt = performance.now();
      const cluster = running.use(
        await startKubeCluster({
          dataFolder: folder,
          nodes,
          pods,
          ...(port === undefined ? {} : { port: port + number - 1 }),
          progress: (line) => console.log(line),
          signal: stopped,
        }),
      );
      for (const bundle of bundles) await cluster.installCrds(bundle);
      running.use(await openControlSocket(folder, cluster));
      describe(cluster, folder, (performance.now() - startedAt) / 1000);
      if (churnPerSecond !== undefined) running.use(startChurn(cluster, churnPerSecond));
    }
    stopped.throwIfAborted();
    console.log('Ctrl-C stops it');
    await new Promise((done) => stopped.addEventListener('abort', done));
  } catch (thrown) {
    // Ctrl-C while it starts is an end like any other.
    if (thrown !== stopped.reason) throw thrown;
  } finally {
    if (temporary) await rm(dataFolder, { recursive: true, force: true });
  }
}

/** For who does not wait for an orderly end: kills all that was started, a build of the programs too, and forgets the folder. */
function endAtOnce(folder: string | undefined): never {
  console.log('Not waiting any longer: ending at once what still runs.');
  for (const pid of treeOf(process.pid).slice(1)) signal(pid, 'SIGKILL');
  // What was killed may still be about to write.
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  process.exit(1);
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

async function act(words: string[]): Promise<void> {
  const { values, positionals } = parseWords({
    args: words,
    options: { data: { type: 'string' }, 'new-authority': { type: 'boolean' } },
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
