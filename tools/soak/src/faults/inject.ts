import { signal, treeOf } from '@mooring/engines';
import { delay } from '@mooring/kernel';
import type { KubeCluster } from '@mooring/kube-cluster';
import type { FaultyProxy } from '@mooring/testing';
import type { Installation } from '../system/installation.ts';
import type { Fault } from './fault.ts';

/** What faults are done to. */
export interface Victim {
  readonly installation: Installation;
  readonly cluster: KubeCluster;
  /** The only way of the product to the API server. */
  readonly way: FaultyProxy;
  /** Hands the product the kubeconfig of its user as it is now. */
  readonly handIn: () => Promise<void>;
  /** Whom the product is in the cluster. */
  readonly user: 'viewer';
}

/** Does a fault; resolves when its cause is gone, so that from then on everything can recover. */
export async function inject(fault: Fault, { installation, cluster, way, handIn, user }: Victim): Promise<void> {
  switch (fault.kind) {
    case 'cut':
      way.cut();
      return;
    case 'refuse':
    case 'stall':
      await way.become(fault.kind === 'stall' ? 'stalled' : 'refused');
      await delay(fault.ms);
      await way.become('open');
      return;
    case 'restart-api':
    case 'kill-api':
    case 'forget':
      if (fault.kind === 'forget') await cluster.compactEtcd();
      await (fault.kind === 'kill-api' ? cluster.killApiServer() : cluster.stopApiServer());
      await delay(fault.ms);
      await cluster.startApiServer();
      return;
    case 'rotate-token':
      await cluster.rotateToken(user);
      await handIn();
      return;
    case 'rotate-certificate':
      await cluster.rotateCertificate();
      way.cut();
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
