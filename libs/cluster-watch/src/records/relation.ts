import type { GroupResource } from '../resource-type.ts';

/** What an object refers to, as far as it says so itself: nothing is looked up, and whether the other one exists is not known. */
export interface Relation {
  readonly relation: 'owner' | 'selects' | 'routes-to' | 'mounts' | 'runs-on' | 'binds';
  readonly to: {
    /** Left out where only the kind is known. */
    readonly type?: GroupResource;
    readonly kind: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    /** For `selects`, which has neither name nor uid: labels that all have to match. */
    readonly selector?: Readonly<Record<string, string>>;
  };
}
