import type { Distribution } from './distribution.ts';
import type { NodeRecord } from './records/record.ts';

/** Where a cluster's nodes are. A cluster may be in several places, and may not say. */
export interface ClusterPlace {
  /** Who runs the machines, e.g. `aws`, `azure`, `gcp`; sorted, each once. Makers that are not known here are left out. */
  readonly providers: readonly string[];
  /** The one of `providers`, where every node that says who made it names that one; a maker that is not known here is another. */
  readonly provider?: string;
  /** Sorted, each once. */
  readonly regions: readonly string[];
  /** The one of `regions`, where there is one only. */
  readonly region?: string;
  /** Sorted, each once. */
  readonly zones: readonly string[];
  /** Where the nodes agree about it. */
  readonly distribution?: Distribution;
}

/** By the start of `providerID`, which the cloud's controller writes as `<provider>://<what it calls the machine>`. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['alicloud', 'alibaba'],
  ['aws', 'aws'],
  ['azure', 'azure'],
  ['civo', 'civo'],
  ['cloudstack', 'cloudstack'],
  ['digitalocean', 'digitalocean'],
  ['equinixmetal', 'equinix'],
  ['exoscale', 'exoscale'],
  ['gce', 'gcp'],
  ['hcloud', 'hetzner'],
  ['ibm', 'ibm'],
  ['ibmpowervs', 'ibm'],
  ['linode', 'linode'],
  ['nutanix', 'nutanix'],
  ['oci', 'oracle'],
  ['openstack', 'openstack'],
  ['qcloud', 'tencent'],
  ['scaleway', 'scaleway'],
  ['upcloud', 'upcloud'],
  ['vsphere', 'vsphere'],
  ['vultr', 'vultr'],
]);

/** Oracle's controller writes the machine's own identifier, without a scheme. */
const ORACLE = /^ocid1\./;

/** The names since Kubernetes 1.17, and those before. Source: Kubernetes, "Well-Known Labels, Annotations and Taints". */
const REGION_LABELS = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];
const ZONE_LABELS = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];

/**
 * Labels by whose start a distribution can be told. Sources: the pages about node labels of EKS, GKE, AKS, DigitalOcean, Linode, OpenShift,
 * MicroK8s and minikube.
 */
const DISTRIBUTION_BY_LABEL: readonly (readonly [start: string, distribution: Distribution])[] = [
  ['eks.amazonaws.com/', 'eks'],
  ['cloud.google.com/gke-', 'gke'],
  ['kubernetes.azure.com/agentpool', 'aks'],
  ['kubernetes.azure.com/cluster', 'aks'],
  ['doks.digitalocean.com/', 'doks'],
  ['lke.linode.com/', 'lke'],
  ['node.openshift.io/', 'openshift'],
  ['microk8s.io/', 'microk8s'],
  ['minikube.k8s.io/', 'minikube'],
];

/** What `placeOf` reads of a node's record. */
export type PlacedNode = Pick<NodeRecord, 'labels' | 'providerId' | 'osImage'>;

const schemeOf = (providerId: string): string | undefined => /^([a-z0-9-]+):\/\//.exec(providerId)?.[1];

/** What its maker is called; one that is not known here, as it calls itself. */
function makerOf({ providerId = '' }: PlacedNode): string | undefined {
  if (ORACLE.test(providerId)) return 'oracle';
  const scheme = schemeOf(providerId);
  return scheme === undefined ? undefined : (PROVIDERS.get(scheme) ?? `${scheme}://`);
}

const KNOWN_PROVIDERS: ReadonlySet<string> = new Set(PROVIDERS.values());

function distributionOf({ labels, providerId = '', osImage = '' }: PlacedNode): Distribution | undefined {
  const names = Object.keys(labels);
  const labelled = DISTRIBUTION_BY_LABEL.find(([start]) => names.some((name) => name.startsWith(start)));
  if (labelled !== undefined) return labelled[1];
  const scheme = schemeOf(providerId);
  if (scheme === 'kind' || scheme === 'k3s') return scheme;
  if (osImage === 'Docker Desktop') return 'docker-desktop';
  return osImage.startsWith('Talos') ? 'talos' : undefined;
}

const firstOf = (labels: Readonly<Record<string, string>>, names: readonly string[]): string | undefined =>
  names.map((name) => labels[name]).find((value) => value !== undefined && value !== '');

const sorted = (words: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(words.filter((word) => word !== undefined))].sort();

const onlyOf = (words: readonly string[]): string | undefined => (words.length === 1 ? words[0] : undefined);

/**
 * Where the nodes are and, by their labels, what the cluster is: for what `serverPlaceOf` cannot see. Pure, and the same for any order of the
 * nodes. What nodes disagree about (providers, regions, zones) is given as several, never as one; a distribution that they disagree about is left out.
 */
export function placeOf(nodes: readonly PlacedNode[]): ClusterPlace {
  const distributions = new Set(nodes.map(distributionOf).filter((each) => each !== undefined));
  const [distribution] = distributions;
  const makers = sorted(nodes.map(makerOf));
  const providers = makers.filter((maker) => KNOWN_PROVIDERS.has(maker));
  const provider = providers.length === makers.length ? onlyOf(providers) : undefined;
  const regions = sorted(nodes.map(({ labels }) => firstOf(labels, REGION_LABELS)));
  const region = onlyOf(regions);
  return {
    ...{ providers, regions, zones: sorted(nodes.map(({ labels }) => firstOf(labels, ZONE_LABELS))) },
    ...(provider === undefined ? {} : { provider }),
    ...(region === undefined ? {} : { region }),
    ...(distribution === undefined || distributions.size > 1 ? {} : { distribution }),
  };
}
