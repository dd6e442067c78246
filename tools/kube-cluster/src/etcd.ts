import { Failure } from '@mooring/kernel';
import type { ClusterFolder } from './cluster-folder.ts';

/**
 * Makes etcd forget every state but the newest, and gives the revision. Lists that are being read by pages are told 410 from now on. Watches
 * are not: the API server answers them from its own memory.
 */
export async function compactEtcd({ etcdClientPort }: ClusterFolder): Promise<number> {
  const call = async (path: string, body: object): Promise<{ header?: { revision?: string } }> => {
    const answer = await fetch(`http://127.0.0.1:${etcdClientPort}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Failure('unavailable', `etcd answered ${answer.status} to ${path}: ${text}`);
    return JSON.parse(text) as { header?: { revision?: string } };
  };
  const { header } = await call('maintenance/status', {});
  const revision = Number(header?.revision ?? 0);
  await call('kv/compaction', { revision, physical: true });
  return revision;
}
