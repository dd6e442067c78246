import { ok, refused, type Result } from '@mooring/kernel';
import type { KubeObject } from './store.ts';

type Predicate = (object: KubeObject) => boolean;

const NAME = String.raw`[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?`;
const IS_EQUAL = new RegExp(`^(${NAME})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`);
const IS_IN = new RegExp(`^(${NAME})\\s+(in|notin)\\s*\\(([^)]*)\\)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${NAME})$`);

/** Commas between requirements, not those inside `in (…)`. */
const split = (text: string): readonly string[] => text.split(/,(?![^(]*\))/).map((part) => part.trim());

const labelsOf = ({ metadata }: KubeObject): Readonly<Record<string, string>> =>
  (metadata['labels'] as Record<string, string> | undefined) ?? {};

function requirement(text: string): Predicate | undefined {
  const [, key = '', operator = '', value = ''] = IS_EQUAL.exec(text) ?? IS_IN.exec(text) ?? [];
  if (key !== '') {
    const values = operator.endsWith('in') ? value.split(',').map((each) => each.trim()) : [value];
    const wanted = operator === '=' || operator === '==' || operator === 'in';
    // As Kubernetes has it: `!=` and `notin` also select what has no such label.
    return (object) => values.includes(labelsOf(object)[key] ?? '\0') === wanted;
  }
  const [, not, label] = EXISTS.exec(text) ?? [];
  return label === undefined ? undefined : (object) => (labelsOf(object)[label] !== undefined) === (not === '');
}

const inform = (text: string, message: string): string => `unable to parse requirement: ${message} in "${text}"`;

function labelPredicate(text: string): Result<readonly Predicate[], string> {
  const predicates: Predicate[] = [];
  for (const part of split(text)) {
    const predicate = requirement(part);
    if (predicate === undefined) return refused(inform(text, `found "${part}"`));
    predicates.push(predicate);
  }
  return ok(predicates);
}

/** The fields that every type has, and those of pods; the real server knows a few more. */
const FIELDS: Readonly<Record<string, (object: KubeObject) => unknown>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
  'spec.nodeName': ({ spec }) => (spec as { nodeName?: string } | undefined)?.nodeName ?? '',
  'status.phase': ({ status }) => (status as { phase?: string } | undefined)?.phase ?? '',
};
const ONLY_PODS = new Set(['spec.nodeName', 'status.phase']);

function fieldPredicate(text: string, kind: string): Result<readonly Predicate[], string> {
  const predicates: Predicate[] = [];
  for (const part of text.split(',')) {
    const [, field = '', operator, value = ''] = /^([^=!]+)(==|=|!=)(.*)$/.exec(part) ?? [];
    const read = FIELDS[field];
    if (operator === undefined) return refused(`invalid selector: '${text}'; can't understand '${part}'`);
    if (read === undefined || (ONLY_PODS.has(field) && kind !== 'Pod'))
      return refused(`field label not supported: ${field}`);
    predicates.push((object) => (read(object) === value) === (operator !== '!='));
  }
  return ok(predicates);
}

/** Which objects a request selects by `labelSelector` and `fieldSelector`; `undefined` for all, a refusal for what no server understands. */
export function parseSelectors(query: URLSearchParams, kind: string): Result<Predicate | undefined, string> {
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const predicates: Predicate[] = [];
  for (const parsed of [
    labels === '' ? ok([]) : labelPredicate(labels),
    fields === '' ? ok([]) : fieldPredicate(fields, kind),
  ]) {
    if (!parsed.ok) return parsed;
    predicates.push(...parsed.value);
  }
  if (predicates.length === 0) return ok(undefined);
  return ok((object) => predicates.every((selects) => selects(object)));
}
