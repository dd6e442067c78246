import { asBoolean, asWord, at, given, type JsonObject } from '../json.ts';
import type { Condition, RecordBase, Selector } from './base.ts';
import { conditionsOf, countOf, each, some } from './fields.ts';
import { matchLabelsOf } from './labels.ts';
import { timeOf } from './metadata.ts';
import { mountRelations, podTemplateOf, type PodTemplate } from './pod-template.ts';
import type { Relation } from './relation.ts';

export interface JobRecord extends RecordBase, PodTemplate {
  readonly kind: 'Job';
  readonly parallelism?: number;
  readonly completions?: number;
  readonly suspended?: boolean;
  readonly active?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly selector?: Selector;
  readonly conditions: readonly Condition[];
}

export interface CronJobRecord extends RecordBase, PodTemplate {
  readonly kind: 'CronJob';
  /** In cron's notation. */
  readonly schedule?: string;
  /** Left out where it is that of the controller manager. */
  readonly timeZone?: string;
  readonly suspended?: boolean;
  readonly concurrencyPolicy?: string;
  readonly lastScheduleTime?: string;
  readonly lastSuccessfulTime?: string;
  /** Names of the jobs that run now. */
  readonly active?: readonly string[];
}

export function jobRecord(base: RecordBase, { spec, status }: JsonObject): JobRecord {
  return given({
    kind: 'Job',
    ...base,
    parallelism: countOf(at(spec, 'parallelism')),
    completions: countOf(at(spec, 'completions')),
    suspended: asBoolean(at(spec, 'suspend')),
    active: countOf(at(status, 'active')),
    succeeded: countOf(at(status, 'succeeded')),
    failed: countOf(at(status, 'failed')),
    startTime: timeOf(at(status, 'startTime')),
    completionTime: timeOf(at(status, 'completionTime')),
    ...podTemplateOf(at(spec, 'template', 'spec')),
    selector: matchLabelsOf(at(spec, 'selector')),
    conditions: conditionsOf(status),
  });
}

/** The same for `batch/v1` and `batch/v1beta1`. */
export function cronJobRecord(base: RecordBase, { spec, status }: JsonObject): CronJobRecord {
  return given({
    kind: 'CronJob',
    ...base,
    schedule: asWord(at(spec, 'schedule')),
    timeZone: asWord(at(spec, 'timeZone')),
    suspended: asBoolean(at(spec, 'suspend')),
    concurrencyPolicy: asWord(at(spec, 'concurrencyPolicy')),
    lastScheduleTime: timeOf(at(status, 'lastScheduleTime')),
    lastSuccessfulTime: timeOf(at(status, 'lastSuccessfulTime')),
    active: some(each(at(status, 'active'), (item) => asWord(at(item, 'name')))),
    ...podTemplateOf(at(spec, 'jobTemplate', 'spec', 'template', 'spec')),
  });
}

/** Its jobs lead to it by their owner. */
export const cronJobRelations = (record: CronJobRecord): readonly Relation[] =>
  mountRelations(record.namespace, record);
