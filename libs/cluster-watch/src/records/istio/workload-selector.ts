import { asObject, asWord, at } from '../../json.ts';
import type { RecordBase, Selector } from '../base.ts';
import { each, mapOf, some } from '../fields.ts';
import type { Relation } from '../relation.ts';
import { relationTo, selectsPods } from '../relation-to.ts';

/** An object to which a policy of Istio is attached, in its own namespace. */
export interface TargetReference {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** What a policy or configuration of Istio applies to. */
export interface Applies {
  /** Labels of pods in its own namespace; left out where it says none. */
  readonly selector?: Selector;
  readonly targets?: readonly TargetReference[];
}

/** `selector.matchLabels` of policies, `workloadSelector.labels` of configuration. */
export function selectorOf(spec: unknown): Selector | undefined {
  const labels = at(spec, 'selector', 'matchLabels') ?? at(spec, 'workloadSelector', 'labels');
  return asObject(labels) === undefined ? undefined : mapOf(labels);
}

/** `targetRefs`, and the single `targetRef` of some versions. */
export function targetsOf(spec: unknown): readonly TargetReference[] | undefined {
  return some(
    each([...each(at(spec, 'targetRefs'), (item) => item), at(spec, 'targetRef')], (item) => {
      const kind = asWord(at(item, 'kind'));
      const name = asWord(at(item, 'name'));
      return kind === undefined || name === undefined
        ? undefined
        : { group: asWord(at(item, 'group')) ?? '', kind, name };
    }),
  );
}

/**
 * With targets, those; else the pods with the labels of its selector; without one, every pod of its namespace. In the mesh's root
 * namespace such a one applies to all namespaces, but which namespace that is stands in the mesh's configuration, which is not
 * read: then this says less than is so, never more. A more specific resource may take precedence.
 * Source: Istio, reference "Workload Selector" (`WorkloadSelector`, `PolicyTargetReference`) and each resource's own page.
 */
export function appliesTo({ namespace, selector = {}, targets }: RecordBase & Applies): readonly Relation[] {
  return targets === undefined
    ? [selectsPods(namespace, selector)]
    : targets.map((target) => relationTo('binds', { ...target, namespace }));
}
