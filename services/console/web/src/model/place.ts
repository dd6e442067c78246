import type { ClusterView } from '@mooring/contracts';

const named = (what: string, names: readonly string[] = []): readonly string[] =>
  names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];

/** What a line about one thing says already is not said again. */
const unlessOne = (names: readonly string[] = [], one: string | undefined): readonly string[] =>
  names.length === 1 && names[0] === one ? [] : names;

/** What and where a cluster is: first in a line what is one, then what its nodes say in several. Unknown is left out. */
export function placeLines(cluster: ClusterView): readonly string[] {
  const { version, platform, distribution, provider, region, providers, regions, zones } = cluster;
  const facts = [version, platform, distribution, provider, region].filter((fact) => fact !== undefined);
  return [
    ...(facts.length === 0 ? [] : [facts.join(' · ')]),
    ...named('Nodes of', unlessOne(providers, provider)),
    ...named('Regions', unlessOne(regions, region)),
    ...named('Zones', zones),
  ];
}
