import { compareVersions, type SimulatedType, type TypeName } from './types.ts';

/** The types that a cluster serves at this moment. */
export interface TypeRegistry {
  readonly types: readonly SimulatedType[];
  /** Adds a type, or puts it in place of the one of the same name. */
  set(type: SimulatedType): void;
  /** The type that was there. */
  delete(groupResource: string): SimulatedType | undefined;
  /** By group and resource, or by kind where that is clear; throws for a kind that two types have. */
  find(name: TypeName): SimulatedType | undefined;
  /** As `find`; throws where there is none. */
  named(name: TypeName): SimulatedType;
  served(group: string, version: string, resource: string): SimulatedType | undefined;
  /** Named groups with their versions, the preferred one first; the core group is not among them. */
  groups(): readonly { readonly name: string; readonly versions: readonly string[] }[];
}

export function createTypeRegistry(builtin: readonly SimulatedType[]): TypeRegistry {
  const types = new Map(builtin.map((type) => [type.groupResource, type]));
  const find: TypeRegistry['find'] = (name) => {
    const exact = types.get(name);
    if (exact !== undefined) return exact;
    const sameKind = [...types.values()].filter(({ kind }) => kind === name);
    // Events are in two groups and are the same objects; whoever says only the kind means the core one.
    const [first, ...others] = sameKind.filter(({ kind, group }) => kind !== 'Event' || group === '');
    if (others.length > 0)
      throw new Error(`${name} is the kind of ${sameKind.map((each) => each.groupResource).join(' and ')}`);
    return first;
  };
  return {
    get types() {
      return [...types.values()];
    },
    set: (type) => void types.set(type.groupResource, type),
    delete(groupResource) {
      const found = types.get(groupResource);
      types.delete(groupResource);
      return found;
    },
    find,
    named(name) {
      const found = find(name);
      if (found === undefined) throw new Error(`the simulation serves no type ${name}`);
      return found;
    },
    served: (group, version, resource) => {
      const found = types.get(group === '' ? resource : `${resource}.${group}`);
      return found?.versions.includes(version) === true ? found : undefined;
    },
    groups() {
      const versions = new Map<string, Set<string>>();
      for (const type of types.values()) {
        if (type.group === '') continue;
        const known = versions.get(type.group) ?? new Set();
        for (const version of type.versions) known.add(version);
        versions.set(type.group, known);
      }
      return [...versions].map(([name, found]) => ({ name, versions: [...found].sort(compareVersions) }));
    },
  };
}
