import { asList, asWord, at, given, type JsonObject } from '../json.ts';
import { conditionsOf, imagesOf, sumOf } from './parts.ts';
import type { Condition, PodRecord, RecordBase } from './record.ts';

/** Words for a pod that is well, or only on its way; they explain nothing. */
const UNREMARKABLE = new Set(['Completed', 'ContainerCreating', 'PodInitializing']);

function reasonOf(status: unknown, containers: readonly unknown[]): string | undefined {
  const own = asWord(at(status, 'reason'));
  if (own !== undefined) return own;
  return containers
    .flatMap(
      (each) =>
        asWord(at(each, 'state', 'waiting', 'reason')) ?? asWord(at(each, 'state', 'terminated', 'reason')) ?? [],
    )
    .find((reason) => !UNREMARKABLE.has(reason));
}

function readyOf(conditions: readonly Condition[]): boolean | undefined {
  const ready = conditions.find(({ type }) => type === 'Ready')?.status;
  return ready === 'True' ? true : ready === 'False' ? false : undefined;
}

export function podRecord(base: RecordBase, object: JsonObject): PodRecord {
  const status = object['status'];
  const conditions = conditionsOf(status);
  const containers = asList(at(status, 'containerStatuses'));
  const all = [...asList(at(status, 'initContainerStatuses')), ...containers];
  return given({
    kind: 'Pod',
    ...base,
    phase: asWord(at(status, 'phase')),
    node: asWord(at(object, 'spec', 'nodeName')),
    ip: asWord(at(status, 'podIP')),
    images: imagesOf(object['spec']),
    ready: readyOf(conditions),
    restarts: sumOf(containers.map((each) => at(each, 'restartCount'))),
    reason: reasonOf(status, all),
    conditions,
  });
}
