import { collectionPathOf, watchCluster, type ResourceChange, type ResourceType } from '@mooring/cluster-watch';
import { MARK_LABEL, nowMs, serve, tell } from './contestant.ts';

/** The library, with a sink that keeps nothing. */

const marksOf = (changes: readonly ResourceChange[]): readonly string[] =>
  changes.flatMap((change) => (change.op === 'upsert' ? (change.record.labels[MARK_LABEL] ?? []) : []));

serve(
  ({ way }) =>
    new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const types = new Map<string, ResourceType>();
      const watch = watchCluster(
        { access: { server: way.server, caPem: way.caPem, auth: { kind: 'token', token: way.token } } },
        {
          onIdentity: () => undefined,
          onTier: () => undefined,
          onKindStatus: (type, { state }) => {
            if (state === 'watching') types.set(type.groupResource, type);
          },
          onChanges(changes) {
            const marks = marksOf(changes);
            if (marks.length > 0) tell({ kind: 'seen', marks, atMs: nowMs() });
          },
          onSnapshotComplete: ({ objects }) =>
            resolve({
              ms: performance.now() - startedAt,
              objects,
              collections: [...types.values()].map((type) => ({
                path: collectionPathOf(type),
                metadataOnly: type.depth === 'metadata',
              })),
            }),
          onLinkLost: ({ refusal }) => reject(new Error(`the link was lost: ${refusal.message}`)),
          onLinkRestored: () => undefined,
        },
      );
      watch.finished.catch(reject);
    }),
);
