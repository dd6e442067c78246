import { builtinTypes } from './builtin-types.ts';
import {
  API_SERVICES,
  apiServiceDraft,
  crdDraft,
  CRDS,
  typeOfCrd,
  typesOfApi,
  type AggregatedApi,
  type CustomType,
} from './custom-types.ts';
import type { KubeObject, ObjectName, ObjectStore, StoredEvent } from './store.ts';
import type { TypeRegistry } from './type-registry.ts';
import type { SimulatedType, TypeName } from './types.ts';

/** Types that come, change and go while a cluster runs. */
export interface ServedTypes {
  /** Creates the CRD, or replaces it: then the type is served in other versions, and its open watches end. */
  installType(type: CustomType): KubeObject;
  /** The objects go first, then the CRD; open watches end, and the type is not known any more. False when there is none. */
  uninstallType(type: TypeName): boolean;
  /** Registers an API that another server serves. One that is not `available` answers 503 and is `Stale` in discovery. */
  installApi(api: AggregatedApi, available?: boolean): void;
  uninstallApi(group: string): void;
  /** To be asked before an object is removed: what goes with it. */
  beforeRemove(type: SimulatedType, name: ObjectName): void;
  isAway(group: string): boolean;
}

export function createServedTypes(
  store: ObjectStore,
  registry: TypeRegistry,
  endWatches: (groupResource: string) => void,
): ServedTypes {
  const apis = new Map<string, { readonly api: AggregatedApi; readonly available: boolean }>();
  /** In a cluster that serves only a few types these come with their first object. */
  const ensure = (groupResource: string): void => {
    const type = builtinTypes('all').find((each) => each.groupResource === groupResource);
    if (type !== undefined && registry.find(groupResource) === undefined) registry.set(type);
  };
  const drop = (groupResource: string): void => {
    for (const { metadata } of store.list(groupResource)) store.remove(groupResource, metadata);
  };
  const follow = ({ groupResource, object, type: what }: StoredEvent): void => {
    if (groupResource !== CRDS) return;
    const type = typeOfCrd(object);
    const known = registry.find(object.metadata.name);
    if (what === 'DELETED' || type === undefined) registry.delete(object.metadata.name);
    else registry.set(type);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(type)) endWatches(known.groupResource);
    if (what === 'DELETED') endWatches(object.metadata.name);
  };
  store.subscribe(follow);

  const beforeRemove: ServedTypes['beforeRemove'] = ({ groupResource }, { name }) => {
    if (groupResource === CRDS) drop(name);
  };
  return {
    installType(type) {
      ensure(CRDS);
      return store.upsert(CRDS, crdDraft(type));
    },
    uninstallType(name) {
      const type = registry.find(name);
      if (type === undefined) return false;
      drop(type.groupResource);
      return store.remove(CRDS, { name: type.groupResource });
    },
    installApi(api, available = true) {
      ensure(API_SERVICES);
      apis.set(api.group, { api, available });
      for (const type of typesOfApi(api)) registry.set(type);
      store.upsert(API_SERVICES, apiServiceDraft(api, available));
    },
    uninstallApi(group) {
      const known = apis.get(group);
      if (known === undefined) return;
      apis.delete(group);
      for (const { groupResource } of typesOfApi(known.api)) {
        drop(groupResource);
        registry.delete(groupResource);
        endWatches(groupResource);
      }
      store.remove(API_SERVICES, { name: `${known.api.version}.${group}` });
    },
    beforeRemove,
    isAway: (group) => apis.get(group)?.available === false,
  };
}
