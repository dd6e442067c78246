import type { GroupResource, ResourceType } from './resource-type.ts';

/** What decides which types a cluster serves: a change to one of these is a reason to look again. */
export const SENSED_TYPES: readonly GroupResource[] = [
  'customresourcedefinitions.apiextensions.k8s.io',
  'apiservices.apiregistration.k8s.io',
];

export const isSensed = ({ groupResource }: ResourceType): boolean => SENSED_TYPES.includes(groupResource);
