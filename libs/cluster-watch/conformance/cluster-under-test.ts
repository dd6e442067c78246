import type { ClusterAccess } from '@mooring/cluster-watch';

/** The kinds that every cluster under test serves. */
export type BasicKind =
  'Namespace' | 'Node' | 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Service' | 'EndpointSlice' | 'Pod';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: BasicKind;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A cluster, real or simulated, that a conformance test may change. Others may change it too: tests look at their own namespace. */
export interface ClusterUnderTest extends AsyncDisposable {
  readonly access: ClusterAccess;
  /** Creates or replaces; resolves when the API server has it. */
  apply(manifest: Manifest): Promise<void>;
  /** Resolves when the API server has accepted it; the object may go a little later. */
  remove(kind: BasicKind, name: { readonly namespace?: string; readonly name: string }): Promise<void>;
  /** UIDs of all objects of a kind, by a plain list, sorted. */
  uids(kind: BasicKind): Promise<readonly string[]>;
  /** Ends every connection; resolves when new ones are accepted. Left out where that cannot be done. */
  cutConnections?(): Promise<void>;
}
