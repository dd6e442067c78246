import type { ClusterAccess, ResourceKind } from '@mooring/cluster-watch';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: ResourceKind;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A cluster, real or simulated, that a conformance test may change. Others may change it too: tests look at their own namespace. */
export interface ClusterUnderTest extends AsyncDisposable {
  readonly access: ClusterAccess;
  /** Creates or replaces; resolves when the API server has it. */
  apply(manifest: Manifest): Promise<void>;
  /** Resolves when the API server has accepted it; the object may go a little later. */
  remove(kind: ResourceKind, name: { readonly namespace?: string; readonly name: string }): Promise<void>;
  /** UIDs of all objects of a kind, by a plain list, sorted. */
  uids(kind: ResourceKind): Promise<readonly string[]>;
  /** Ends every connection; resolves when new ones are accepted. Left out where that cannot be done. */
  cutConnections?(): Promise<void>;
}
