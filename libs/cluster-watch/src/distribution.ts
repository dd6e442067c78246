/** What a cluster is a cluster of, by the name that its maker gives it. */
export type Distribution =
  | 'ack'
  | 'aks'
  | 'docker-desktop'
  | 'doks'
  | 'eks'
  | 'gke'
  | 'iks'
  | 'k0s'
  | 'k3s'
  | 'kapsule'
  | 'kind'
  | 'lke'
  | 'microk8s'
  | 'minikube'
  | 'openshift'
  | 'ovh'
  | 'rke2'
  | 'sks'
  | 'talos'
  | 'tke'
  | 'vmware';

/** What of a cluster says where it is. A field is left out where nothing says it for certain. */
export interface ServerPlace {
  readonly distribution?: Distribution;
  /** Who runs the machines, e.g. `aws`, `azure`, `gcp`. */
  readonly provider?: string;
  readonly region?: string;
}

type Rule<T> = readonly [pattern: RegExp, found: T];

/**
 * What makers write behind the version of Kubernetes in `gitVersion`. Sources: the release notes and version pages of Amazon EKS
 * (`v1.31.2-eks-7f9249a`), GKE (`-gke.1234000`), IBM Cloud Kubernetes Service (`+IKS`), Alibaba ACK (`-aliyun.1`), Tencent TKE (`-tke.4`), K3s
 * (`+k3s1`), RKE2 (`+rke2r1`), k0s (`+k0s`), VMware (`+vmware.2-fips`).
 */
const BY_VERSION: readonly Rule<Distribution>[] = [
  [/^v[\d.]+-eks-/, 'eks'],
  [/^v[\d.]+-gke\./, 'gke'],
  [/^v[\d.]+\+k3s\d/, 'k3s'],
  [/^v[\d.]+\+rke2r\d/, 'rke2'],
  [/^v[\d.]+\+k0s/, 'k0s'],
  [/^v[\d.]+\+IKS/, 'iks'],
  [/^v[\d.]+-aliyun\./, 'ack'],
  [/^v[\d.]+-tke\./, 'tke'],
  [/^v[\d.]+\+vmware\./, 'vmware'],
];

/** Every OpenShift and OKD has its own configuration as an API of this group. Source: OpenShift API reference, "Config APIs". */
const OPENSHIFT_GROUP = 'config.openshift.io';

/**
 * Names that providers give to API servers, with the region where it is part of the name. Sources: the pages of each about how a cluster's endpoint
 * is formed: EKS (`ID.gr7.REGION.eks.amazonaws.com`), AKS (`NAME.hcp.REGION.azmk8s.io`, private ones `NAME.ID.privatelink.REGION.azmk8s.io`), GKE
 * (`gke-ID-PROJECT.REGION.gke.goog`), DigitalOcean, Linode (`ID.REGION.linodelke.net`), Scaleway (`ID.api.k8s.REGION.scw.cloud`), OVHcloud,
 * Exoscale (`ID.sks-ZONE.exo.io`), Azure Red Hat OpenShift (`api.NAME.REGION.aroapp.io`), IBM (`c1.REGION.containers.cloud.ibm.com`).
 */
const BY_HOST: readonly Rule<ServerPlace>[] = [
  [/\.(?<region>[a-z0-9-]+)\.eks\.amazonaws\.com(\.cn)?$/, { distribution: 'eks', provider: 'aws' }],
  [/\.(hcp|privatelink)\.(?<region>[a-z0-9]+)\.azmk8s\.io$/, { distribution: 'aks', provider: 'azure' }],
  [/\.(?<region>[a-z0-9-]+)\.gke\.goog$/, { distribution: 'gke', provider: 'gcp' }],
  [/\.k8s\.ondigitalocean\.com$/, { distribution: 'doks', provider: 'digitalocean' }],
  [/\.(?<region>[a-z]+-[a-z0-9-]+)\.linodelke\.net$/, { distribution: 'lke', provider: 'linode' }],
  [/\.api\.k8s\.(?<region>[a-z0-9-]+)\.scw\.cloud$/, { distribution: 'kapsule', provider: 'scaleway' }],
  [/\.(?<region>[a-z0-9-]+)\.k8s\.ovh\.net$/, { distribution: 'ovh', provider: 'ovh' }],
  [/\.sks-(?<region>[a-z0-9-]+)\.exo\.io$/, { distribution: 'sks', provider: 'exoscale' }],
  [/^api\.[^.]+\.(?<region>[a-z0-9]+)\.aroapp\.io$/, { distribution: 'openshift', provider: 'azure' }],
  [/\.(?<region>[a-z]+-[a-z]+)\.containers\.cloud\.ibm\.com$/, { provider: 'ibm' }],
];

const hostOf = (server: string | undefined): string =>
  server !== undefined && URL.canParse(server) ? new URL(server).hostname.toLowerCase() : '';

function placeOfServer(server: string | undefined): ServerPlace {
  const host = hostOf(server);
  for (const [pattern, place] of BY_HOST) {
    const match = pattern.exec(host);
    const region = match?.groups?.['region'];
    if (match !== null) return region === undefined ? place : { ...place, region };
  }
  return {};
}

export interface DistributionEvidence {
  /** `gitVersion` of `/version`. */
  readonly version?: string | undefined;
  readonly apiGroups?: readonly string[] | undefined;
  /** Where the API server is reached. */
  readonly server?: string | undefined;
}

/**
 * What a cluster says of itself before anything in it was read. The version says it best, since whoever builds Kubernetes writes it; then the
 * API groups, then the name of the server. A plain version behind a plain address says nothing, and neither does this: nodes may
 * (`placeOf`).
 */
export function serverPlaceOf({ version = '', apiGroups = [], server }: DistributionEvidence): ServerPlace {
  const { distribution, ...place } = placeOfServer(server);
  const built = BY_VERSION.find(([pattern]) => pattern.test(version))?.[1];
  const found = built ?? (apiGroups.includes(OPENSHIFT_GROUP) ? 'openshift' : distribution);
  return found === undefined ? place : { distribution: found, ...place };
}
