import { collectionPathOf, watchCluster, type ClusterAccess, type ResourceType } from '@mooring/cluster-watch';
import { Failure } from '@mooring/kernel';
import type { KubeCluster } from '@mooring/kube-cluster';
import type { Objects } from './compare.ts';

export interface ClusterContent {
  readonly objects: Objects;
  /** What a watch of everything selected reads here. */
  readonly types: readonly ResourceType[];
}

const READ_TIMEOUT_MS = 120_000;

/** The cluster as it is now: a new watch that knows nothing of before, over a way of its own that no fault meets. */
export async function readCluster(access: ClusterAccess): Promise<ClusterContent> {
  const objects = new Map<string, { readonly name: string; readonly hash: string }>();
  const types = new Map<string, ResourceType>();
  const complete = Promise.withResolvers<undefined>();
  const timer = setTimeout(
    () => complete.reject(new Failure('timeout', `the cluster was not read within ${READ_TIMEOUT_MS} ms`)),
    READ_TIMEOUT_MS,
  );
  try {
    await using watch = watchCluster(
      { access },
      {
        onIdentity: () => undefined,
        onTier: () => undefined,
        onKindStatus: (type, { state }) => {
          if (state === 'watching') types.set(type.groupResource, type);
        },
        onChanges(changes) {
          for (const change of changes) {
            if (change.op === 'delete') objects.delete(change.uid);
            else {
              const { kind, namespace = '', name, uid } = change.record;
              objects.set(uid, { name: `${kind} ${namespace}/${name}`, hash: change.hash });
            }
          }
        },
        onSnapshotComplete: () => complete.resolve(undefined),
        onLinkLost: ({ refusal }) => complete.reject(new Failure('unavailable', refusal.message)),
        onLinkRestored: () => undefined,
      },
    );
    watch.finished.catch(complete.reject);
    await complete.promise;
  } finally {
    clearTimeout(timer);
  }
  return { objects, types: [...types.values()] };
}

/** The uids of these types as the API server lists them, without the library. */
export async function listUids({ users }: KubeCluster, types: readonly ResourceType[]): Promise<ReadonlySet<string>> {
  const uids = new Set<string>();
  for (const type of types) {
    const path = collectionPathOf(type);
    const { status, body } = await users.admin.api.call('GET', path);
    if (status !== 200) throw new Failure('unavailable', `GET ${path} was answered ${status}`);
    const { items } = body as { readonly items: readonly { readonly metadata: { readonly uid: string } }[] };
    for (const { metadata } of items) uids.add(metadata.uid);
  }
  return uids;
}
