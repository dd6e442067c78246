import { asList, asWord, at, given } from '../json.ts';
import { each, portOf, some } from './fields.ts';
import { imagesOf } from './images.ts';
import type { Relation } from './relation.ts';
import { relationTo } from './relation-to.ts';

/** What a pod takes in by name, as files or as environment: never what is in it. */
export interface Mount {
  readonly kind: 'ConfigMap' | 'PersistentVolumeClaim' | 'Secret';
  readonly name: string;
}

export interface ContainerPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  /** `init` runs before the others, `sidecar` is an init container that keeps running; left out for the main ones. */
  readonly role?: 'init' | 'sidecar';
  readonly ports?: readonly ContainerPort[];
}

/** What pods and everything that makes pods have in common. */
export interface PodTemplate {
  /** Of init containers and containers, sorted, each once. */
  readonly images: readonly string[];
  readonly serviceAccount?: string;
  /** Sorted by kind and name, each once. */
  readonly mounts?: readonly Mount[];
}

/** What pods are given without asking, so that it tells nothing: root certificates, by Kubernetes and by Istio's injection. */
const UNASKED = new Set(['kube-root-ca.crt', 'istio-ca-root-cert']);

const mount = (kind: Mount['kind'], name: unknown): readonly Mount[] => {
  const word = asWord(name);
  return word === undefined || UNASKED.has(word) ? [] : [{ kind, name: word }];
};

function mountsOfVolume(volume: unknown, podName: string | undefined): readonly Mount[] {
  const name = asWord(at(volume, 'name'));
  // The claim of a generic ephemeral volume is named after the pod and the volume.
  const isEphemeral = at(volume, 'ephemeral', 'volumeClaimTemplate') !== undefined;
  const ephemeral = podName !== undefined && name !== undefined && isEphemeral ? `${podName}-${name}` : undefined;
  return [
    ...mount('PersistentVolumeClaim', at(volume, 'persistentVolumeClaim', 'claimName')),
    ...mount('PersistentVolumeClaim', ephemeral),
    ...mount('ConfigMap', at(volume, 'configMap', 'name')),
    ...mount('Secret', at(volume, 'secret', 'secretName')),
    ...asList(at(volume, 'projected', 'sources')).flatMap((source) => [
      ...mount('ConfigMap', at(source, 'configMap', 'name')),
      ...mount('Secret', at(source, 'secret', 'name')),
    ]),
  ];
}

function mountsOfContainer(container: unknown): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const source of asList(at(container, 'envFrom')))
    mounts.push(
      ...mount('ConfigMap', at(source, 'configMapRef', 'name')),
      ...mount('Secret', at(source, 'secretRef', 'name')),
    );
  for (const variable of asList(at(container, 'env'))) {
    const from = at(variable, 'valueFrom');
    if (from !== undefined)
      mounts.push(
        ...mount('ConfigMap', at(from, 'configMapKeyRef', 'name')),
        ...mount('Secret', at(from, 'secretKeyRef', 'name')),
      );
  }
  return mounts;
}

function mountsOf(podSpec: unknown, podName?: string): readonly Mount[] {
  const containers = ['initContainers', 'containers'].flatMap((field) => asList(at(podSpec, field)));
  const byKey = new Map<string, Mount>();
  for (const volume of asList(at(podSpec, 'volumes')))
    for (const found of mountsOfVolume(volume, podName)) byKey.set(`${found.kind}/${found.name}`, found);
  for (const container of containers)
    for (const found of mountsOfContainer(container)) byKey.set(`${found.kind}/${found.name}`, found);
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

/** `podName` is that of the pod whose specification it is; a template has none. Source: Kubernetes API reference, `PodSpec`. */
export function podTemplateOf(podSpec: unknown, podName?: string): PodTemplate {
  return given({
    images: imagesOf(podSpec),
    serviceAccount: asWord(at(podSpec, 'serviceAccountName')),
    mounts: some(mountsOf(podSpec, podName)),
  });
}

function containerPort(item: unknown): ContainerPort | undefined {
  const port = portOf(at(item, 'containerPort'));
  return port === undefined
    ? undefined
    : given({ name: asWord(at(item, 'name')), port, protocol: asWord(at(item, 'protocol')) });
}

/** The main containers, then the others, in their order. */
export function containersOf(podSpec: unknown): readonly Container[] {
  const read = (isInit: boolean) => (item: unknown) => {
    const name = asWord(at(item, 'name'));
    if (name === undefined) return undefined;
    const role = !isInit ? undefined : at(item, 'restartPolicy') === 'Always' ? 'sidecar' : 'init';
    const ports = some(each(at(item, 'ports'), containerPort));
    return given({ name, image: asWord(at(item, 'image')), role, ports });
  };
  return [...each(at(podSpec, 'containers'), read(false)), ...each(at(podSpec, 'initContainers'), read(true))];
}

/** Claims, config maps and secrets are always those of the pod's own namespace. Source: Kubernetes API reference, `Volume`, `EnvVarSource`. */
export const mountRelations = (namespace: string | undefined, { mounts = [] }: PodTemplate): readonly Relation[] =>
  mounts.map(({ kind, name }) => relationTo('mounts', { group: '', kind, namespace, name }));
