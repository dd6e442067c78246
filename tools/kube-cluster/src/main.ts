import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '@mooring/kernel';
import { startKubeCluster } from './kube-cluster.ts';

const USAGE = `usage: npm run kube-cluster -- up [--nodes 10] [--pods 1000] [--data DIR] [--port PORT]
Runs a real Kubernetes control plane with simulated nodes until Ctrl-C. Without --data it is forgotten afterwards.`;

async function up(args: string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args, options: { nodes: text, pods: text, data: text, port: text } });
  const temporary = values.data === undefined;
  const dataFolder = resolve(values.data ?? (await mkdtemp(join(tmpdir(), 'mooring-kube-cluster-'))));
  const interrupted = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done);
  });
  try {
    await using cluster = await startKubeCluster({
      dataFolder,
      nodes: toCount('nodes', values.nodes ?? '10'),
      pods: toCount('pods', values.pods ?? '0'),
      ...(values.port === undefined ? {} : { port: toCount('port', values.port) }),
      progress: (line) => console.log(line),
    });
    console.log(`server      ${cluster.server}\nuid         ${cluster.uid}\nkubeconfig  ${cluster.kubeconfigPath}`);
    console.log(`logs        ${dataFolder}/*.log\nCtrl-C stops it`);
    await interrupted;
  } finally {
    if (temporary) await rm(dataFolder, { recursive: true, force: true });
  }
}

function toCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new Error(`--${name} is a whole number, not ${text}`);
  return count;
}

const [command, ...rest] = process.argv.slice(2);
if (command !== 'up') {
  console.error(USAGE);
  process.exitCode = 1;
} else {
  await up(rest).catch((thrown: unknown) => {
    console.error(messageOf(thrown));
    process.exitCode = 1;
  });
}
