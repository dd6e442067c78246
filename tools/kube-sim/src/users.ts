import type { TypeRegistry } from './type-registry.ts';
import type { SimulatedType, TypeName } from './types.ts';

/** One right to read (get, list and watch). */
export interface Right {
  readonly types: '*' | readonly TypeName[];
  /** Only in these; without it, in all of them and what is in none. */
  readonly namespaces?: readonly string[];
  /** Only the objects of these names: they can be got, not listed. */
  readonly names?: readonly string[];
}

export interface ReadRequest {
  readonly type: SimulatedType;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Whether one of the rights covers the request, as RBAC decides it. */
export const mayRead = (registry: TypeRegistry, rights: readonly Right[], request: ReadRequest): boolean =>
  rights.some(({ types, namespaces, names }) => {
    const { type, namespace, name } = request;
    const isType = types === '*' || types.some((each) => registry.find(each)?.groupResource === type.groupResource);
    const isThere = namespaces === undefined || (namespace !== undefined && namespaces.includes(namespace));
    return isType && isThere && (names === undefined || (name !== undefined && names.includes(name)));
  });
