import { delay } from '@mooring/kernel';
import { createSimulatedFleet, kubeconfigOf, type SimulatedFleet } from '@mooring/kube-sim';
import { MARK_LABEL, nowMs } from './contestant.ts';
import type { FromFleet, ToFleet } from './fleet.ts';

/** Simulated clusters in a process of their own, so that what they take is not taken for what follows them. */

const MARKS_PER_SECOND = 5;
let fleet: SimulatedFleet | undefined;

const tell = (message: FromFleet): void => void process.send?.(message);

/** Labels one pod after the other, each in another cluster. */
async function mark({ clusters }: SimulatedFleet, signal: AbortSignal): Promise<void> {
  for (let index = 0; !signal.aborted; index += 1) {
    const cluster = clusters[index % clusters.length];
    const pods = cluster?.list('pods') ?? [];
    const pod = pods[index % pods.length];
    if (cluster !== undefined && pod !== undefined) {
      const name = `fleet-${index}`;
      const labels = { ...(pod.metadata['labels'] as object | undefined), [MARK_LABEL]: name };
      tell({ kind: 'sent', mark: name, atMs: nowMs() });
      cluster.upsert('pods', { ...pod, metadata: { ...pod.metadata, labels } });
    }
    await delay(1_000 / MARKS_PER_SECOND, signal);
  }
}

process.on('message', (message: ToFleet) => {
  void (async () => {
    switch (message.kind) {
      case 'start': {
        const { clusters, objects } = message;
        fleet = await createSimulatedFleet({ clusters, lazy: { objects } });
        tell({ kind: 'started' });
        return;
      }
      case 'kubeconfig':
        tell({ kind: 'kubeconfig', text: kubeconfigOf(fleet?.clusters.slice(message.from, message.to) ?? []) });
        return;
      case 'churn': {
        if (fleet === undefined) return;
        const signal = AbortSignal.timeout(message.forMs);
        const [tally] = await Promise.all([fleet.churn({ perSecond: message.perSecond, signal }), mark(fleet, signal)]);
        tell({ kind: 'churned', ...tally });
      }
    }
  })().catch((thrown: unknown) => {
    tell({ kind: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) });
  });
});
process.on('disconnect', () => process.exit(0));
