/**
 * The name of a type of resource in kubectl's spelling: `pods`, `deployments.apps`, `gateways.networking.istio.io`. Where one type
 * alone has it, its kind (`Pod`) is understood too.
 */
export type TypeName = string;

export type TypeOrigin = 'builtin' | 'crd' | 'aggregated';

export interface SimulatedType {
  /** `pods`, `deployments.apps`: unique in a cluster. */
  readonly groupResource: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** The versions that serve it, never empty. */
  readonly versions: readonly string[];
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly origin: TypeOrigin;
}

export const groupResourceOf = (group: string, resource: string): string =>
  group === '' ? resource : `${resource}.${group}`;

export const apiVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

/** The version in which a stored object is, and is watched where nobody asked for another. */
export const storedVersionOf = ({ versions }: SimulatedType): string => versions[0] ?? 'v1';

/** Stable before beta before alpha, then higher numbers first: Kubernetes' own order of versions. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [rankOf(left), rankOf(right)];
  for (const [index, value] of a.entries()) {
    const difference = (b[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return left < right ? -1 : 1;
}

function rankOf(version: string): readonly number[] {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  if (major === undefined) return [-1, 0, 0];
  const stages = { alpha: 0, beta: 1 } as const;
  return [stage === undefined ? 2 : stages[stage as 'alpha' | 'beta'], Number(major), Number(minor ?? 0)];
}
