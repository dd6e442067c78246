import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { delay, Failure } from '@mooring/kernel';
import type { KubeCluster } from '@mooring/kube-cluster';
import type { FaultyProxy } from '@mooring/testing';
import type { Installation } from '../system/installation.ts';
import { signal, treeOf } from '../system/processes.ts';
import type { Fault } from './fault.ts';

/** What faults are done to. */
export interface Victim {
  readonly installation: Installation;
  readonly cluster: KubeCluster;
  /** Holds the cluster's own settings. */
  readonly clusterFolder: string;
  /** The only way of the product to the API server. */
  readonly way: FaultyProxy;
}

/** Does a fault; resolves when its cause is gone, so that from then on everything can recover. */
export async function inject(fault: Fault, { installation, cluster, clusterFolder, way }: Victim): Promise<void> {
  switch (fault.kind) {
    case 'cut':
      way.cut();
      return;
    case 'refuse':
      await way.become('refused');
      await delay(fault.ms);
      await way.become('open');
      return;
    case 'stall':
      await way.become('stalled');
      await delay(fault.ms);
      await way.become('open');
      return;
    case 'restart-api':
      await cluster.stopApiServer();
      await delay(fault.ms);
      await cluster.startApiServer();
      return;
    case 'forget':
      await compactEtcd(clusterFolder);
      await cluster.stopApiServer();
      await delay(fault.ms);
      await cluster.startApiServer();
      return;
    case 'kill-discovery':
      signal(installation.pidOf('discovery'), 'SIGKILL');
      return;
    case 'pause': {
      const pids = treeOf(installation.pidOf(fault.engine));
      for (const pid of pids) signal(pid, 'SIGSTOP');
      await delay(fault.ms);
      for (const pid of pids) signal(pid, 'SIGCONT');
    }
  }
}

/** Makes etcd forget every version but the newest, over its JSON gateway. */
async function compactEtcd(clusterFolder: string): Promise<void> {
  const { etcdClientPort } = JSON.parse(await readFile(join(clusterFolder, 'cluster.json'), 'utf8')) as {
    readonly etcdClientPort: number;
  };
  const call = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${etcdClientPort}/v3/kv/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Failure('unavailable', `etcd answered ${answer.status} to ${path}`);
    return answer.json();
  };
  const { header } = (await call('range', { key: 'AA==', limit: 1 })) as {
    readonly header: { readonly revision: string };
  };
  await call('compaction', { revision: header.revision, physical: true });
}
