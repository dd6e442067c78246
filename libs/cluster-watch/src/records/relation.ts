import type { GroupResource } from '../resource-type.ts';

/**
 * What an object refers to, as far as it says so itself: nothing is looked up, and whether the other one exists is not known.
 *
 * - `owner`: who made or controls it.
 * - `selects`: pods (or volumes) by their labels; without a namespace, in all of them; with an empty selector, every one of its namespace.
 * - `routes-to`: where it sends traffic. `Host` is the kind of a name that stands for no object for certain.
 * - `mounts`: claims, config maps and secrets that it takes in, as files, environment or certificates.
 * - `runs-on`: a pod's node.
 * - `binds`: what it is attached to by name: a claim and its volume, a route and its gateway, a class, the service or host it is about.
 */
export interface Relation {
  readonly relation: 'owner' | 'selects' | 'routes-to' | 'mounts' | 'runs-on' | 'binds';
  readonly to: {
    /** Left out where only the kind is known. */
    readonly type?: GroupResource;
    readonly kind: string;
    /** Left out for what belongs to no namespace, and where it is not known. */
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    /** For `selects`, which has neither name nor uid: labels that all have to match. */
    readonly selector?: Readonly<Record<string, string>>;
  };
}
