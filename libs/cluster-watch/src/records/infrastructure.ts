import { asBoolean, asList, asTextMap, asWord, at, given, type JsonObject } from '../json.ts';
import { conditionsOf } from './parts.ts';
import type { NamespaceRecord, NodeRecord, RecordBase } from './record.ts';

export const namespaceRecord = (base: RecordBase, object: JsonObject): NamespaceRecord =>
  given({ kind: 'Namespace', ...base, phase: asWord(at(object, 'status', 'phase')) });

export function nodeRecord(base: RecordBase, object: JsonObject): NodeRecord {
  const status = object['status'];
  const info = at(status, 'nodeInfo');
  return given({
    kind: 'Node',
    ...base,
    conditions: conditionsOf(status),
    addresses: asList(at(status, 'addresses')).flatMap((each) => {
      const type = asWord(at(each, 'type'));
      const address = asWord(at(each, 'address'));
      return type === undefined || address === undefined ? [] : [{ type, address }];
    }),
    unschedulable: asBoolean(at(object, 'spec', 'unschedulable')),
    kubeletVersion: asWord(at(info, 'kubeletVersion')),
    containerRuntimeVersion: asWord(at(info, 'containerRuntimeVersion')),
    osImage: asWord(at(info, 'osImage')),
    operatingSystem: asWord(at(info, 'operatingSystem')),
    architecture: asWord(at(info, 'architecture')),
    providerId: asWord(at(object, 'spec', 'providerID')),
    capacity: asTextMap(at(status, 'capacity')),
  });
}
