import { labelTerm, termsOf, wordsOf } from './terms.ts';

const base = { uid: 'u', apiVersion: 'v1', namespace: 'shop', name: 'checkout-7f9c-x2', labels: {} };

describe('the terms of an object', () => {
  it('are the words of its name, labels and images, and whole what a filter names', () => {
    const record = {
      ...base,
      labels: { 'app.kubernetes.io/name': 'Checkout', tier: 'front_end' },
      owner: { kind: 'ReplicaSet', name: 'checkout-7f9c', uid: 'o-1' },
      otherOwners: [{ kind: 'Fleet', name: 'all', uid: 'o-2' }],
      node: 'worker-3',
      images: ['registry.example:5000/shop/nginx:1.29', 'nginx'],
    };
    expect([...termsOf('pods', record)].sort()).toEqual(
      [
        ...['checkout', '7f9c', 'x2', 'name', 'tier', 'front', 'end'],
        ...['registry', 'example', '5000', 'shop', 'nginx', '1', '29'],
        ...['i!registry', 'i!example', 'i!5000', 'i!shop', 'i!nginx', 'i!1', 'i!29'],
        ...['l!app.kubernetes.io/name', 'l!app.kubernetes.io/name=Checkout', 'l!tier', 'l!tier=front_end'],
        ...['n!worker-3', 'o!o-1', 'o!o-2', 't!pods', 's!shop'],
      ].sort(),
    );
  });

  it('leave out what is not there', () => {
    const clusterWide = { uid: 'u', apiVersion: 'v1', name: base.name, labels: {} };
    expect(termsOf('nodes', clusterWide)).toEqual(['t!nodes', 's!', 'checkout', '7f9c', 'x2']);
    expect(termsOf('nodes', { ...base, images: 'nginx', node: 7 } as typeof base)).not.toContain('nginx');
  });

  it('are bounded, however large the object is', () => {
    const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 'v'.repeat(10_000)]));
    const terms = termsOf('pods', { ...base, labels });
    expect(Math.max(...terms.map((term) => term.length))).toBe(400);
    expect(terms.length).toBeLessThan(3_100);
    expect(terms.join('').length).toBeLessThan(260_000);
  });

  it('do not hold an empty one', () => {
    expect(wordsOf(' -/:. \u0000\t')).toEqual([]);
    expect(wordsOf('Über-ALLES_1')).toEqual(['über', 'alles', '1']);
    expect(labelTerm('a', '')).toBe('l!a=');
  });
});
