import type { ClusterAccess } from '@mooring/cluster-watch';
import type { CustomType } from '@mooring/kube-sim';

/** `viewer` reads everything, `limited` only namespaces and pods, `tenant` everything in the namespace of its own name, `nobody` nothing. */
export type Reader = 'viewer' | 'limited' | 'tenant' | 'nobody';

export interface ResourceRef {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural name in paths. */
  readonly resource: string;
}

export interface AnyObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/**
 * A cluster, real or simulated, with everything that can happen to one. Tests of one suite share it and run one after the other: each works in
 * namespaces and types of its own, and leaves the cluster reachable.
 */
export interface AnyCluster extends AsyncDisposable {
  readonly server: string;
  readonly ca: string;
  tokenOf(reader: Reader): string;
  /** As it is now: a rotation gives it another value. */
  accessAs(reader: Reader): ClusterAccess;
  /** Creates or replaces; resolves when the API server has it. */
  apply(ref: ResourceRef, object: AnyObject): Promise<void>;
  /** Resolves when the API server has accepted it; the object may go a little later. */
  remove(ref: ResourceRef, name: { readonly namespace?: string; readonly name: string }): Promise<void>;
  /** Creates the CRD, or replaces it by this one; resolves when the API server has it, which is before it serves it. */
  installType(type: CustomType): Promise<void>;
  uninstallType(type: CustomType): Promise<void>;
  /** Resolves when the API server is there again. */
  restart(): Promise<void>;
  /** Ends the API server without a goodbye, and starts it again. */
  crash(): Promise<void>;
  /** Of etcd. */
  compact(): Promise<void>;
  /** Refuses the viewer's token and takes another one. */
  rotateToken(): Promise<void>;
  /** Resolves when new connections see the new certificate. */
  rotateCertificate(options: { readonly newAuthority: boolean }): Promise<void>;
  /** To the next minor version. */
  upgrade(): Promise<void>;
}

export const ref = (resource: string, group = '', version = 'v1'): ResourceRef => ({ group, version, resource });

export const pathOf = (
  { group, version, resource }: ResourceRef,
  { namespace, name }: { readonly namespace?: string; readonly name?: string } = {},
): string => {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const home = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `${root}${home}/${resource}${name === undefined ? '' : `/${name}`}`;
};
