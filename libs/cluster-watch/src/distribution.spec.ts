import { serverPlaceOf } from './distribution.ts';
import { placeOf } from './place.ts';

describe('what a cluster is, by what its server says', () => {
  it.each([
    ['v1.31.2-eks-7f9249a', 'eks'],
    ['v1.31.4-gke.1256000', 'gke'],
    ['v1.32.1+k3s1', 'k3s'],
    ['v1.32.1+rke2r1', 'rke2'],
    ['v1.32.1+k0s', 'k0s'],
    ['v1.32.1+k0s.0', 'k0s'],
    ['v1.30.9+IKS', 'iks'],
    ['v1.31.1-aliyun.1', 'ack'],
    ['v1.30.0-tke.4', 'tke'],
    ['v1.30.8+vmware.1-fips', 'vmware'],
    ['v1.35.4', undefined],
    ['v1.35.4-alpha.1+2d9cf6bd34c7c1-dirty', undefined],
    ['the latest -eks- +k3s1', undefined],
    ['unknown', undefined],
  ])('%s is %s', (version, distribution) => {
    expect(serverPlaceOf({ version }).distribution).toBe(distribution);
  });

  it.each([
    ['https://ABC123.gr7.eu-west-1.eks.amazonaws.com', { distribution: 'eks', provider: 'aws', region: 'eu-west-1' }],
    [
      'https://shop-dns-1a2b.hcp.westeurope.azmk8s.io:443',
      { distribution: 'aks', provider: 'azure', region: 'westeurope' },
    ],
    [
      'https://shop-dns-1a2b.0c1d.privatelink.westeurope.azmk8s.io',
      { distribution: 'aks', provider: 'azure', region: 'westeurope' },
    ],
    ['https://gke-0a1b-123456.europe-west3.gke.goog', { distribution: 'gke', provider: 'gcp', region: 'europe-west3' }],
    ['https://0a1b.k8s.ondigitalocean.com', { distribution: 'doks', provider: 'digitalocean' }],
    [
      'https://0a1b.eu-central-1.linodelke.net:443',
      { distribution: 'lke', provider: 'linode', region: 'eu-central-1' },
    ],
    ['https://0a1b.api.k8s.fr-par.scw.cloud:6443', { distribution: 'kapsule', provider: 'scaleway', region: 'fr-par' }],
    ['https://c100-e.eu-de.containers.cloud.ibm.com:30000', { provider: 'ibm', region: 'eu-de' }],
    [
      'https://api.shop.westeurope.aroapp.io:6443',
      { distribution: 'openshift', provider: 'azure', region: 'westeurope' },
    ],
    ['https://10.0.0.1:6443', {}],
    ['https://eks.amazonaws.com.example.org', {}],
    ['no address', {}],
  ])('%s is %p', (server, place) => {
    expect(serverPlaceOf({ server, version: 'v1.35.4' })).toEqual(place);
  });

  it('is OpenShift by its own API, and what it was built as comes before where it is', () => {
    const apiGroups = ['apps', 'config.openshift.io'];
    expect(serverPlaceOf({ version: 'v1.31.5', apiGroups })).toEqual({ distribution: 'openshift' });
    const server = 'https://c1.eu-de.containers.cloud.ibm.com';
    expect(serverPlaceOf({ version: 'v1.30.9+IKS', server })).toEqual({
      ...{ distribution: 'iks', provider: 'ibm', region: 'eu-de' },
    });
    expect(serverPlaceOf({ version: 'v1.31.5+k3s1', apiGroups, server: 'https://x.eu.gke.goog' })).toEqual({
      ...{ distribution: 'k3s', provider: 'gcp', region: 'eu' },
    });
    expect(serverPlaceOf({})).toEqual({});
  });
});

describe('where a cluster is, by its nodes', () => {
  const node = (providerId?: string, labels: Record<string, string> = {}, osImage?: string) => ({
    labels,
    ...(providerId === undefined ? {} : { providerId }),
    ...(osImage === undefined ? {} : { osImage }),
  });
  const zone = (region: string, name: string) => ({
    'topology.kubernetes.io/region': region,
    'topology.kubernetes.io/zone': name,
  });

  it('is every provider, region and zone that they name, in whatever order they come', () => {
    const nodes = [
      node('aws:///eu-west-1b/i-2', zone('eu-west-1', 'eu-west-1b')),
      node('aws:///eu-west-1a/i-1', zone('eu-west-1', 'eu-west-1a')),
      node('hcloud://123', { 'failure-domain.beta.kubernetes.io/region': 'fsn1' }),
      node('ocid1.instance.oc1.eu-frankfurt-1.x'),
      node('acme://1'),
      node(undefined, { 'topology.kubernetes.io/zone': '' }),
    ];
    const place = {
      providers: ['aws', 'hetzner', 'oracle'],
      regions: ['eu-west-1', 'fsn1'],
      zones: ['eu-west-1a', 'eu-west-1b'],
    };
    expect(placeOf(nodes)).toEqual(place);
    expect(placeOf(nodes.toReversed())).toEqual(place);
    expect(placeOf([])).toEqual({ providers: [], regions: [], zones: [] });
  });

  it('is one provider and one region only where all nodes that say one agree', () => {
    const [one, other] = [node('aws:///a/i-1', zone('eu-west-1', 'a')), node('aws:///b/i-2', zone('eu-west-1', 'b'))];
    expect(placeOf([one, other, node()])).toMatchObject({ provider: 'aws', region: 'eu-west-1', zones: ['a', 'b'] });
    const elsewhere = placeOf([one, node('hcloud://1', zone('fsn1', 'c'))]);
    expect(elsewhere).not.toHaveProperty('provider');
    expect(elsewhere).not.toHaveProperty('region');
    const unknown = placeOf([one, node('acme://1')]);
    expect(unknown).toMatchObject({ providers: ['aws'], region: 'eu-west-1' });
    expect(unknown).not.toHaveProperty('provider');
  });

  it.each([
    [node('azure:///subscriptions/s', { 'kubernetes.azure.com/cluster': 'c' }), 'aks'],
    [node('gce://p/z/n', { 'cloud.google.com/gke-nodepool': 'p' }), 'gke'],
    [node('aws:///z/i', { 'eks.amazonaws.com/nodegroup': 'g' }), 'eks'],
    [node(undefined, { 'microk8s.io/cluster': 'true' }), 'microk8s'],
    [node(undefined, { 'minikube.k8s.io/name': 'minikube' }), 'minikube'],
    [node('kind://docker/kind/kind-control-plane'), 'kind'],
    [node('k3s://server'), 'k3s'],
    [node(undefined, {}, 'Docker Desktop'), 'docker-desktop'],
    [node(undefined, {}, 'Talos (v1.9.1)'), 'talos'],
    [node('aws:///z/i'), undefined],
    [node(), undefined],
  ])('%p tells %s', (one, distribution) => {
    expect(placeOf([one, node()]).distribution).toBe(distribution);
  });

  it('is not told by nodes that disagree', () => {
    expect(placeOf([node('kind://a'), node('k3s://b')])).not.toHaveProperty('distribution');
  });
});
