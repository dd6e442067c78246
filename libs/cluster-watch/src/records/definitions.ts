import type { JsonObject } from '../json.ts';
import type { GroupResource } from '../resource-type.ts';
import type { RecordBase } from './base.ts';
import { configMapRecord, secretRecord } from './configuration.ts';
import { gatewayClassRecord, gatewayRecord, gatewayRelations, referenceGrantRecord } from './gateway-api/gateways.ts';
import { routeRecord, routeRelations, type RouteKind } from './gateway-api/routes.ts';
import { namespaceRecord, nodeRecord } from './infrastructure.ts';
import { ingressRecord, ingressRelations } from './ingress.ts';
import { istioOperatorRecord, sailIstioRecord, sailIstioRelations } from './istio/control-plane.ts';
import { destinationRuleRecord, destinationRuleRelations } from './istio/destination-rule.ts';
import { istioGatewayRecord, istioGatewayRelations } from './istio/gateway.ts';
import {
  envoyFilterRecord,
  sidecarRecord,
  wasmPluginRecord,
  wasmPluginRelations,
} from './istio/proxy-configuration.ts';
import { authorizationPolicyRecord, peerAuthenticationRecord, requestAuthenticationRecord } from './istio/security.ts';
import { serviceEntryRecord, serviceEntryRelations } from './istio/service-entry.ts';
import { virtualServiceRecord, virtualServiceRelations } from './istio/virtual-service.ts';
import { appliesTo } from './istio/workload-selector.ts';
import { cronJobRecord, cronJobRelations, jobRecord } from './jobs.ts';
import { endpointSliceRecord, endpointSliceRelations, serviceRecord, serviceRelations } from './network.ts';
import { podRecord, podRelations } from './pod.ts';
import type { DeepRecord } from './record.ts';
import type { Relation } from './relation.ts';
import {
  persistentVolumeClaimRecord,
  persistentVolumeClaimRelations,
  persistentVolumeRecord,
  persistentVolumeRelations,
} from './storage.ts';
import {
  daemonSetRecord,
  deploymentRecord,
  replicaSetRecord,
  statefulSetRecord,
  statefulSetRelations,
  workloadRelations,
} from './workloads.ts';

/** How objects of one type become records, and what a record of it refers to besides its owners. */
export interface Definition {
  record(base: RecordBase, object: JsonObject): DeepRecord;
  /** Takes records that its own `record` made; the two are declared together, so that no other can come. */
  relations(record: DeepRecord): readonly Relation[];
}

const define = <R extends DeepRecord>(
  record: (base: RecordBase, object: JsonObject) => R,
  relations: (record: R) => readonly Relation[] = () => [],
): Definition => {
  const definition: { record: typeof record; relations(record: R): readonly Relation[] } = { record, relations };
  return definition;
};

const route = (kind: RouteKind): Definition => define(routeRecord(kind), routeRelations);

/** Every type that has a record of its own. Secrets and config maps are read whole only where somebody chose to know their keys. */
export const DEFINITIONS: ReadonlyMap<GroupResource, Definition> = new Map([
  ['namespaces', define(namespaceRecord)],
  ['nodes', define(nodeRecord)],
  ['pods', define(podRecord, podRelations)],
  ['services', define(serviceRecord, serviceRelations)],
  ['persistentvolumes', define(persistentVolumeRecord, persistentVolumeRelations)],
  ['persistentvolumeclaims', define(persistentVolumeClaimRecord, persistentVolumeClaimRelations)],
  ['secrets', define(secretRecord)],
  ['configmaps', define(configMapRecord)],
  ['deployments.apps', define(deploymentRecord, workloadRelations)],
  ['statefulsets.apps', define(statefulSetRecord, statefulSetRelations)],
  ['daemonsets.apps', define(daemonSetRecord, workloadRelations)],
  ['replicasets.apps', define(replicaSetRecord, workloadRelations)],
  ['jobs.batch', define(jobRecord, workloadRelations)],
  ['cronjobs.batch', define(cronJobRecord, cronJobRelations)],
  ['endpointslices.discovery.k8s.io', define(endpointSliceRecord, endpointSliceRelations)],
  ['ingresses.networking.k8s.io', define(ingressRecord, ingressRelations)],
  ['gatewayclasses.gateway.networking.k8s.io', define(gatewayClassRecord)],
  ['gateways.gateway.networking.k8s.io', define(gatewayRecord, gatewayRelations)],
  ['httproutes.gateway.networking.k8s.io', route('HTTPRoute')],
  ['grpcroutes.gateway.networking.k8s.io', route('GRPCRoute')],
  ['tcproutes.gateway.networking.k8s.io', route('TCPRoute')],
  ['tlsroutes.gateway.networking.k8s.io', route('TLSRoute')],
  ['udproutes.gateway.networking.k8s.io', route('UDPRoute')],
  ['referencegrants.gateway.networking.k8s.io', define(referenceGrantRecord)],
  ['virtualservices.networking.istio.io', define(virtualServiceRecord, virtualServiceRelations)],
  ['destinationrules.networking.istio.io', define(destinationRuleRecord, destinationRuleRelations)],
  ['gateways.networking.istio.io', define(istioGatewayRecord, istioGatewayRelations)],
  ['serviceentries.networking.istio.io', define(serviceEntryRecord, serviceEntryRelations)],
  ['sidecars.networking.istio.io', define(sidecarRecord, appliesTo)],
  ['envoyfilters.networking.istio.io', define(envoyFilterRecord, appliesTo)],
  ['peerauthentications.security.istio.io', define(peerAuthenticationRecord, appliesTo)],
  ['requestauthentications.security.istio.io', define(requestAuthenticationRecord, appliesTo)],
  ['authorizationpolicies.security.istio.io', define(authorizationPolicyRecord, appliesTo)],
  ['wasmplugins.extensions.istio.io', define(wasmPluginRecord, wasmPluginRelations)],
  ['istiooperators.install.istio.io', define(istioOperatorRecord)],
  ['istios.sailoperator.io', define(sailIstioRecord, sailIstioRelations)],
]);

/** Their objects hold values that nobody but the cluster should have: only metadata is read of them, unless their keys were asked for. */
export const KEYS_ONLY_ON_REQUEST: readonly GroupResource[] = ['secrets', 'configmaps'];
