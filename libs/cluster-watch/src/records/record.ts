/** A reference to the object that made or controls another. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** What every record has. A field that the cluster does not give is left out, never guessed. Annotations are not kept. */
export interface RecordBase {
  readonly uid: string;
  readonly apiVersion: string;
  /** Left out for namespaces and nodes. */
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339 UTC, as the cluster gives it. */
  readonly creationTimestamp?: string;
  /** There from the moment a deletion was asked for until the object is gone. */
  readonly deletionTimestamp?: string;
  /** The controlling owner, else the first one. */
  readonly owner?: Owner;
}

/** Without the times at which a condition was last looked at: those change every few seconds and say nothing. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface NamespaceRecord extends RecordBase {
  readonly kind: 'Namespace';
  readonly phase?: string;
}

export interface NodeRecord extends RecordBase {
  readonly kind: 'Node';
  readonly conditions: readonly Condition[];
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  readonly unschedulable?: boolean;
  readonly kubeletVersion?: string;
  readonly containerRuntimeVersion?: string;
  readonly osImage?: string;
  readonly operatingSystem?: string;
  readonly architecture?: string;
  readonly providerId?: string;
  /** Kubernetes quantities as text, e.g. `{ cpu: '4', memory: '16Gi', pods: '110' }`. */
  readonly capacity: Readonly<Record<string, string>>;
}

interface Replicas {
  readonly desired?: number;
  readonly ready?: number;
  readonly available?: number;
  readonly updated?: number;
}

interface WorkloadBase extends RecordBase {
  readonly replicas: Replicas;
  /** Of init containers and containers, sorted, each once. */
  readonly images: readonly string[];
  /** `matchLabels` only; left out where the selector has expressions. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly conditions: readonly Condition[];
}

export interface DeploymentRecord extends WorkloadBase {
  readonly kind: 'Deployment';
}

export interface StatefulSetRecord extends WorkloadBase {
  readonly kind: 'StatefulSet';
  readonly serviceName?: string;
}

export interface DaemonSetRecord extends WorkloadBase {
  readonly kind: 'DaemonSet';
}

export interface ServicePort {
  readonly name?: string;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly port: number;
  /** A number, or the name of a container's port. */
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

export interface ServiceRecord extends RecordBase {
  readonly kind: 'Service';
  readonly type?: string;
  /** `None` for a headless service. */
  readonly clusterIP?: string;
  readonly externalName?: string;
  /** Addresses and host names given by a load balancer. */
  readonly ingress?: readonly string[];
  readonly ports: readonly ServicePort[];
  readonly selector?: Readonly<Record<string, string>>;
}

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly ready?: boolean;
  readonly nodeName?: string;
  readonly target?: { readonly kind: string; readonly name: string; readonly uid?: string };
}

export interface EndpointSliceRecord extends RecordBase {
  readonly kind: 'EndpointSlice';
  /** Name of the service, in the same namespace, whose endpoints these are. */
  readonly service?: string;
  readonly addressType?: string;
  readonly ports: readonly { readonly name?: string; readonly protocol?: string; readonly port?: number }[];
  readonly endpoints: readonly Endpoint[];
}

export interface PodRecord extends RecordBase {
  readonly kind: 'Pod';
  readonly phase?: string;
  readonly node?: string;
  readonly ip?: string;
  readonly images: readonly string[];
  /** Whether the condition `Ready` is true; left out where the cluster does not say. */
  readonly ready?: boolean;
  /** Sum over the containers. */
  readonly restarts?: number;
  /** Why it is not well: the reason of the pod, else of a waiting or terminated container. */
  readonly reason?: string;
  readonly conditions: readonly Condition[];
}

/** All that is known of a kind without a deeper record. Its `kind` may be any, also one of another group that is named the same. */
export interface MetadataRecord extends RecordBase {
  readonly kind: string;
}

/** The part of an object that people ask for, a few hundred bytes of several thousand; plain JSON. */
export type SlimRecord =
  | NamespaceRecord
  | NodeRecord
  | DeploymentRecord
  | StatefulSetRecord
  | DaemonSetRecord
  | ServiceRecord
  | EndpointSliceRecord
  | PodRecord
  | MetadataRecord;
