import { evolveClaim, mayClaim, UNCLAIMED, type ClusterClaimEvent } from './claim.ts';

const claimed = (connectionId: string): ClusterClaimEvent => ({
  type: 'ClusterClaimed',
  data: { clusterId: 'c', clusterUid: 'u', connectionId },
});
const released = (connectionId: string): ClusterClaimEvent => ({
  type: 'ClusterReleased',
  data: { clusterId: 'c', clusterUid: 'u', connectionId },
});

describe('a claim', () => {
  it('is taken by the first, held by the holder, and refused to others by name', () => {
    expect(mayClaim(UNCLAIMED, 'one')).toBe('take');
    const held = evolveClaim(UNCLAIMED, claimed('one'));
    expect(mayClaim(held, 'one')).toBe('held');
    expect(mayClaim(held, 'two')).toEqual({ heldBy: 'one' });
  });

  it('can be taken over from a holder that is gone, and from nobody else', () => {
    const held = evolveClaim(UNCLAIMED, claimed('one'));
    expect(mayClaim(held, 'two', 'one')).toBe('take');
    expect(mayClaim(held, 'two', 'three')).toEqual({ heldBy: 'one' });
  });

  it('is given up by its holder only: a late release takes nothing from the next one', () => {
    const next = [claimed('one'), claimed('two'), released('one')].reduce(evolveClaim, UNCLAIMED);
    expect(next.holder).toBe('two');
    expect(evolveClaim(next, released('two')).holder).toBeUndefined();
  });
});
