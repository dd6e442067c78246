import type { ClusterView } from '@mooring/contracts';
import { placeLines } from './place.ts';

const cluster = (more: Partial<ClusterView>): ClusterView => ({
  ...{ connectionId: 'c', name: 'c', watch: 'live', outdated: false, tiers: [], batch: 0, objects: 0, kinds: [] },
  ...more,
});

describe('where a cluster is', () => {
  it('is one line where all agree, and its zones', () => {
    expect(
      placeLines(
        cluster({
          ...{ version: 'v1.34.2', distribution: 'eks', provider: 'aws', region: 'eu-west-1' },
          ...{ providers: ['aws'], regions: ['eu-west-1'], zones: ['a', 'b'] },
        }),
      ),
    ).toEqual(['v1.34.2 · eks · aws · eu-west-1', 'Zones: a, b']);
  });

  it('names all where nodes disagree, and nothing where nobody says', () => {
    expect(
      placeLines(cluster({ distribution: 'eks', provider: 'aws', providers: ['aws', 'hetzner'], regions: ['x', 'y'] })),
    ).toEqual(['eks · aws', 'Nodes of: aws, hetzner', 'Regions: x, y']);
    expect(placeLines(cluster({}))).toEqual([]);
  });
});
