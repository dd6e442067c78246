import type { GroupResource, ResourceType } from './resource-type.ts';

const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';

/** What decides which types a cluster serves: a change to one of these is a reason to look again. */
export const SENSED_TYPES: readonly GroupResource[] = [CRDS, 'apiservices.apiregistration.k8s.io'];

/** The type that an object defines by its name, where it does: CRDs are named as their types are. */
export const typeDefinedBy = ({ groupResource }: ResourceType, name: string | undefined): GroupResource | undefined =>
  groupResource === CRDS ? name : undefined;

export const isSensed = ({ groupResource }: ResourceType): boolean => SENSED_TYPES.includes(groupResource);
