import type { Selection, WatchLimits } from '@mooring/cluster-watch';
import type { DiscoveryConfig } from '../config.ts';

type Chosen = Pick<
  DiscoveryConfig,
  'kinds' | 'kindsExcluded' | 'namespaces' | 'namespacesExcluded' | 'labels' | 'secretKeys'
>;

type Limited = Pick<
  DiscoveryConfig,
  'objectsMax' | 'recordMebibytesMax' | 'changesPerSecondMax' | 'kibibytesPerSecondMax' | 'requestsPerSecond'
>;

const choice = (include: readonly string[], exclude: readonly string[]) => ({
  ...(include.length === 0 ? {} : { include }),
  ...(exclude.length === 0 ? {} : { exclude }),
});

/** What is watched of every cluster, as it is configured. Pure. */
export const toSelection = ({
  kinds,
  kindsExcluded,
  namespaces,
  namespacesExcluded,
  labels,
  secretKeys,
}: Chosen): Selection => ({
  kinds: choice(kinds, kindsExcluded),
  namespaces: choice(namespaces, namespacesExcluded),
  ...(labels === undefined ? {} : { labels }),
  keys: secretKeys,
});

/** What one cluster may take, as it is configured; what is not has no limit. Pure. */
export const toLimits = (limits: Limited): Partial<WatchLimits> => ({
  requestsPerSecond: limits.requestsPerSecond,
  requestsAtOnce: 2 * limits.requestsPerSecond,
  ...(limits.objectsMax === undefined ? {} : { objectsMax: limits.objectsMax }),
  ...(limits.recordMebibytesMax === undefined ? {} : { recordBytesMax: limits.recordMebibytesMax * 1024 ** 2 }),
  ...(limits.changesPerSecondMax === undefined ? {} : { changesPerSecondMax: limits.changesPerSecondMax }),
  ...(limits.kibibytesPerSecondMax === undefined ? {} : { bytesPerSecondMax: limits.kibibytesPerSecondMax * 1024 }),
});
