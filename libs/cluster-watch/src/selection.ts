import type { ResourceType } from './resource-type.ts';

/** What is included and, of that, what is not. Without `include`: everything. */
export interface Choice {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** What of a cluster is watched. */
export interface Selection {
  /**
   * Types by pattern: `pods`, `deployments.apps`, `*.istio.io` (everything in that group and in those below it,
   * as `networking.istio.io` is), `*`. Default: all but `DEFAULT_EXCLUDED`.
   * With `include`, those are excluded no longer by default: naming a type is enough to have it.
   */
  readonly kinds?: Choice;
  /** Namespaces by name. Concerns what lives in namespaces, and the namespaces themselves. */
  readonly namespaces?: Choice;
  /** A Kubernetes label selector, e.g. `tier in (web,api),!canary`. The server applies it, to every type. */
  readonly labels?: string;
  /** Whether secrets and config maps, where they are selected, are read whole to learn the names of their keys. Default false. */
  readonly keys?: boolean;
}

/** What nobody watches without saying so: it changes all the time and says little, or is nobody's business. */
export const DEFAULT_EXCLUDED: readonly string[] = [
  'events',
  'events.events.k8s.io',
  'leases.coordination.k8s.io',
  'secrets',
  'configmaps',
];

function matches(pattern: string, { groupResource, group }: ResourceType): boolean {
  if (pattern === '*' || pattern === groupResource) return true;
  return pattern.startsWith('*.') && (group === pattern.slice(2) || group.endsWith(pattern.slice(1)));
}

/** Whether a type is selected. A type that is both included and excluded is not. `*` alone does not include what is excluded by default. */
export function isSelected(type: ResourceType, { kinds }: Selection): boolean {
  const matchesAny = (patterns: readonly string[]): boolean => patterns.some((pattern) => matches(pattern, type));
  if (matchesAny(kinds?.exclude ?? [])) return false;
  const include = kinds?.include ?? ['*'];
  const byName = include.filter((pattern) => pattern !== '*');
  return matchesAny(byName) || (include.includes('*') && !matchesAny(DEFAULT_EXCLUDED));
}
