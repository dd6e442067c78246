import type { ResourceState } from '@mooring/contracts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Conditions that say whether an object does its work, the most telling first. */
const TELLING = ['Ready', 'Programmed', 'Available', 'Accepted', 'Established'];

/** Phases of namespaces, pods, volumes and claims. */
const PHASES: ReadonlyMap<unknown, ResourceState> = new Map([
  ['Succeeded', 'finished'],
  ['Failed', 'not-ready'],
  ['Pending', 'not-ready'],
  ['Lost', 'not-ready'],
  ['Active', 'ready'],
  ['Bound', 'ready'],
  ['Available', 'ready'],
]);

function byConditions(conditions: unknown): ResourceState | undefined {
  const all: readonly unknown[] = Array.isArray(conditions) ? conditions : [];
  const statusOf = (type: string): unknown => all.filter(isObject).find((each) => each['type'] === type)?.['status'];
  if (statusOf('Complete') === 'True') return 'finished';
  if (statusOf('Failed') === 'True') return 'not-ready';
  const telling = TELLING.map(statusOf).find((status) => status !== undefined);
  return telling === undefined ? undefined : telling === 'True' ? 'ready' : 'not-ready';
}

function byReplicas(replicas: unknown): ResourceState | undefined {
  if (!isObject(replicas) || typeof replicas['desired'] !== 'number') return undefined;
  const ready = typeof replicas['ready'] === 'number' ? replicas['ready'] : 0;
  return ready >= replicas['desired'] ? 'ready' : 'not-ready';
}

/**
 * How an object is, by its own record of whatever type; `undefined` where the record does not say. A pod that succeeded or a job that
 * is complete is `finished`: it is not ready, and nothing is wrong with it.
 */
export function stateOf(record: Json): ResourceState | undefined {
  if (record['deletionTimestamp'] !== undefined) return 'deleting';
  const phase = PHASES.get(record['phase']);
  if (phase === 'finished' || record['phase'] === 'Failed') return phase;
  if (typeof record['ready'] === 'boolean') return record['ready'] ? 'ready' : 'not-ready';
  return byReplicas(record['replicas']) ?? byConditions(record['conditions']) ?? phase;
}
