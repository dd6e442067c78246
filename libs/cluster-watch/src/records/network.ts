import { asBoolean, asList, asNumber, asObject, asTextMap, asWord, at, given, type JsonObject } from '../json.ts';
import { textsOf } from './parts.ts';
import type { Endpoint, EndpointSliceRecord, RecordBase, ServicePort, ServiceRecord } from './record.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

function servicePort(port: unknown): readonly ServicePort[] {
  const number = asNumber(at(port, 'port'));
  if (number === undefined) return [];
  const target = at(port, 'targetPort');
  return [
    given({
      name: asWord(at(port, 'name')),
      protocol: asWord(at(port, 'protocol')),
      appProtocol: asWord(at(port, 'appProtocol')),
      port: number,
      targetPort: asNumber(target) ?? asWord(target),
      nodePort: asNumber(at(port, 'nodePort')),
    }),
  ];
}

export function serviceRecord(base: RecordBase, object: JsonObject): ServiceRecord {
  const spec = object['spec'];
  const ingress = asList(at(object, 'status', 'loadBalancer', 'ingress')).flatMap(
    (each) => asWord(at(each, 'ip')) ?? asWord(at(each, 'hostname')) ?? [],
  );
  return given({
    kind: 'Service',
    ...base,
    type: asWord(at(spec, 'type')),
    clusterIP: asWord(at(spec, 'clusterIP')),
    externalName: asWord(at(spec, 'externalName')),
    ingress: ingress.length === 0 ? undefined : ingress,
    ports: asList(at(spec, 'ports')).flatMap(servicePort),
    selector: asObject(at(spec, 'selector')) === undefined ? undefined : asTextMap(at(spec, 'selector')),
  });
}

function endpoint(each: unknown): Endpoint {
  const kind = asWord(at(each, 'targetRef', 'kind'));
  const name = asWord(at(each, 'targetRef', 'name'));
  const uid = asWord(at(each, 'targetRef', 'uid'));
  return given({
    addresses: textsOf(at(each, 'addresses')),
    ready: asBoolean(at(each, 'conditions', 'ready')),
    nodeName: asWord(at(each, 'nodeName')),
    target: kind === undefined || name === undefined ? undefined : given({ kind, name, uid }),
  });
}

/** Endpoints in the order of their addresses: the controller's own order changes when nothing else does. */
export function endpointSliceRecord(base: RecordBase, object: JsonObject): EndpointSliceRecord {
  const first = ({ addresses }: Endpoint): string => addresses[0] ?? '';
  return given({
    kind: 'EndpointSlice',
    ...base,
    service: asWord(base.labels[SERVICE_NAME_LABEL]),
    addressType: asWord(object['addressType']),
    ports: asList(object['ports']).map((port) =>
      given({
        name: asWord(at(port, 'name')),
        protocol: asWord(at(port, 'protocol')),
        port: asNumber(at(port, 'port')),
      }),
    ),
    endpoints: asList(object['endpoints'])
      .map(endpoint)
      .sort((a, b) => (first(a) < first(b) ? -1 : first(a) > first(b) ? 1 : 0)),
  });
}
