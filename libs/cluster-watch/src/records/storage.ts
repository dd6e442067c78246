import { asObject, asWord, at, given, type JsonObject } from '../json.ts';
import type { Condition, RecordBase, Selector } from './base.ts';
import { conditionsOf, someWords } from './fields.ts';
import { matchLabelsOf } from './labels.ts';
import { uidOf } from './metadata.ts';
import type { Relation } from './relation.ts';
import { relationTo } from './relation-to.ts';

export interface PersistentVolumeRecord extends RecordBase {
  readonly kind: 'PersistentVolume';
  readonly phase?: string;
  /** A Kubernetes quantity, e.g. `10Gi`. */
  readonly capacity?: string;
  readonly accessModes?: readonly string[];
  readonly reclaimPolicy?: string;
  readonly storageClass?: string;
  readonly volumeMode?: string;
  /** What kind of storage it is, e.g. `csi`, `nfs`, `hostPath`. */
  readonly source?: string;
  /** Of a CSI volume. */
  readonly driver?: string;
  /** The claim that it is bound to, or kept for. */
  readonly claim?: { readonly namespace: string; readonly name: string; readonly uid?: string };
  readonly reason?: string;
}

export interface PersistentVolumeClaimRecord extends RecordBase {
  readonly kind: 'PersistentVolumeClaim';
  readonly phase?: string;
  /** A Kubernetes quantity. */
  readonly requested?: string;
  /** What it got: a Kubernetes quantity. */
  readonly capacity?: string;
  readonly accessModes?: readonly string[];
  /** Left out where the claim leaves it to the cluster's default and none was set yet. */
  readonly storageClass?: string;
  readonly volumeMode?: string;
  readonly volume?: string;
  /** `matchLabels` of the volumes it accepts; left out where the selector has expressions. */
  readonly selector?: Selector;
  readonly conditions: readonly Condition[];
}

/** The members of `PersistentVolumeSource` that a cluster of today can have, and what replaced the others. */
const SOURCES = [
  ...['csi', 'hostPath', 'local', 'nfs', 'iscsi', 'fc', 'awsElasticBlockStore', 'gcePersistentDisk', 'azureDisk'],
  ...['azureFile', 'cephfs', 'rbd', 'cinder', 'flexVolume', 'vsphereVolume', 'portworxVolume', 'glusterfs'],
] as const;

function claimOf(reference: unknown): PersistentVolumeRecord['claim'] {
  const namespace = asWord(at(reference, 'namespace'));
  const name = asWord(at(reference, 'name'));
  if (namespace === undefined || name === undefined) return undefined;
  return given({ namespace, name, uid: uidOf(at(reference, 'uid')) });
}

export function persistentVolumeRecord(base: RecordBase, { spec, status }: JsonObject): PersistentVolumeRecord {
  return given({
    kind: 'PersistentVolume',
    ...base,
    phase: asWord(at(status, 'phase')),
    capacity: asWord(at(spec, 'capacity', 'storage')),
    accessModes: someWords(at(spec, 'accessModes')),
    reclaimPolicy: asWord(at(spec, 'persistentVolumeReclaimPolicy')),
    storageClass: asWord(at(spec, 'storageClassName')),
    volumeMode: asWord(at(spec, 'volumeMode')),
    source: SOURCES.find((source) => asObject(at(spec, source)) !== undefined),
    driver: asWord(at(spec, 'csi', 'driver')),
    claim: claimOf(at(spec, 'claimRef')),
    reason: asWord(at(status, 'reason')),
  });
}

export function persistentVolumeClaimRecord(
  base: RecordBase,
  { spec, status }: JsonObject,
): PersistentVolumeClaimRecord {
  return given({
    kind: 'PersistentVolumeClaim',
    ...base,
    phase: asWord(at(status, 'phase')),
    requested: asWord(at(spec, 'resources', 'requests', 'storage')),
    capacity: asWord(at(status, 'capacity', 'storage')),
    accessModes: someWords(at(spec, 'accessModes')),
    storageClass: asWord(at(spec, 'storageClassName')),
    volumeMode: asWord(at(spec, 'volumeMode')),
    volume: asWord(at(spec, 'volumeName')),
    selector: matchLabelsOf(at(spec, 'selector')),
    conditions: conditionsOf(status),
  });
}

const toClass = (name: string | undefined): readonly Relation[] =>
  name === undefined ? [] : [relationTo('binds', { group: 'storage.k8s.io', kind: 'StorageClass', name })];

/** `claimRef` names the claim with its namespace, and with its uid once they are bound. Source: Kubernetes API reference, `PersistentVolumeSpec`. */
export const persistentVolumeRelations = ({ claim, storageClass }: PersistentVolumeRecord): readonly Relation[] => [
  ...(claim === undefined ? [] : [relationTo('binds', { group: '', kind: 'PersistentVolumeClaim', ...claim })]),
  ...toClass(storageClass),
];

/** Source: Kubernetes API reference, `PersistentVolumeClaimSpec`. */
export const persistentVolumeClaimRelations = (record: PersistentVolumeClaimRecord): readonly Relation[] => [
  ...(record.volume === undefined
    ? []
    : [relationTo('binds', { group: '', kind: 'PersistentVolume', name: record.volume })]),
  ...toClass(record.storageClass),
  ...(record.selector === undefined || Object.keys(record.selector).length === 0
    ? []
    : [
        {
          relation: 'selects' as const,
          to: { type: 'persistentvolumes', kind: 'PersistentVolume', selector: record.selector },
        },
      ]),
];
