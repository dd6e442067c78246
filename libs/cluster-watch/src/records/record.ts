import type { MetadataRecord } from './base.ts';
import type { ConfigMapRecord, SecretRecord } from './configuration.ts';
import type { GatewayClassRecord, GatewayRecord, ReferenceGrantRecord } from './gateway-api/gateways.ts';
import type { RouteRecord } from './gateway-api/routes.ts';
import type { NamespaceRecord, NodeRecord } from './infrastructure.ts';
import type { IngressRecord } from './ingress.ts';
import type { IstioOperatorRecord, SailIstioRecord } from './istio/control-plane.ts';
import type { DestinationRuleRecord } from './istio/destination-rule.ts';
import type { IstioGatewayRecord } from './istio/gateway.ts';
import type { EnvoyFilterRecord, SidecarRecord, WasmPluginRecord } from './istio/proxy-configuration.ts';
import type {
  AuthorizationPolicyRecord,
  PeerAuthenticationRecord,
  RequestAuthenticationRecord,
} from './istio/security.ts';
import type { ServiceEntryRecord } from './istio/service-entry.ts';
import type { VirtualServiceRecord } from './istio/virtual-service.ts';
import type { CronJobRecord, JobRecord } from './jobs.ts';
import type { EndpointSliceRecord, ServiceRecord } from './network.ts';
import type { PodRecord } from './pod.ts';
import type { PersistentVolumeClaimRecord, PersistentVolumeRecord } from './storage.ts';
import type { DaemonSetRecord, DeploymentRecord, ReplicaSetRecord, StatefulSetRecord } from './workloads.ts';

/** An object of which more than the metadata is kept. */
export type DeepRecord =
  | NamespaceRecord
  | NodeRecord
  | PodRecord
  | DeploymentRecord
  | StatefulSetRecord
  | DaemonSetRecord
  | ReplicaSetRecord
  | JobRecord
  | CronJobRecord
  | ServiceRecord
  | EndpointSliceRecord
  | IngressRecord
  | PersistentVolumeRecord
  | PersistentVolumeClaimRecord
  | SecretRecord
  | ConfigMapRecord
  | GatewayClassRecord
  | GatewayRecord
  | RouteRecord
  | ReferenceGrantRecord
  | VirtualServiceRecord
  | DestinationRuleRecord
  | IstioGatewayRecord
  | ServiceEntryRecord
  | SidecarRecord
  | EnvoyFilterRecord
  | WasmPluginRecord
  | PeerAuthenticationRecord
  | RequestAuthenticationRecord
  | AuthorizationPolicyRecord
  | IstioOperatorRecord
  | SailIstioRecord;

/** The part of an object that people ask for, a few hundred bytes of several thousand; plain JSON of at most 192 KiB (`bounds.ts`). */
export type SlimRecord = DeepRecord | MetadataRecord;

export type { Condition, MetadataRecord, Owner, RecordBase, Selector } from './base.ts';
export type { ConfigMapRecord, SecretRecord } from './configuration.ts';
export type { GatewayClassRecord, GatewayRecord, ReferenceGrantRecord } from './gateway-api/gateways.ts';
export type { RouteRecord } from './gateway-api/routes.ts';
export type { NamespaceRecord, NodeRecord } from './infrastructure.ts';
export type { IngressRecord } from './ingress.ts';
export type { IstioOperatorRecord, SailIstioRecord } from './istio/control-plane.ts';
export type { DestinationRuleRecord } from './istio/destination-rule.ts';
export type { IstioGatewayRecord } from './istio/gateway.ts';
export type { EnvoyFilterRecord, SidecarRecord, WasmPluginRecord } from './istio/proxy-configuration.ts';
export type {
  AuthorizationPolicyRecord,
  PeerAuthenticationRecord,
  RequestAuthenticationRecord,
} from './istio/security.ts';
export type { ServiceEntryRecord } from './istio/service-entry.ts';
export type { VirtualServiceRecord } from './istio/virtual-service.ts';
export type { CronJobRecord, JobRecord } from './jobs.ts';
export type { Endpoint, EndpointSliceRecord, ServicePort, ServiceRecord } from './network.ts';
export type { PodRecord } from './pod.ts';
export type { PersistentVolumeClaimRecord, PersistentVolumeRecord } from './storage.ts';
export type { DaemonSetRecord, DeploymentRecord, ReplicaSetRecord, StatefulSetRecord } from './workloads.ts';
