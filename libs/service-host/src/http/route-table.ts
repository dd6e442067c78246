/** Which methods exist for a path. */
export interface RouteTable {
  add(methods: string | readonly string[], pattern: string): void;
  /** Methods that some route answers for this path, sorted; empty when there is no such path. */
  allowedMethods(path: string): readonly string[];
}

/** Whether a route pattern (`/a/:id`, `/a/*`, or OpenAPI's `/a/{id}`) is one for a path. Parameters match one non-empty segment. */
export function matchesPattern(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.at(-1) === '*') {
    const fixed = wanted.slice(0, -1);
    return given.length >= wanted.length && matchesPattern(fixed.join('/'), given.slice(0, fixed.length).join('/'));
  }
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) =>
      segment.startsWith(':') || segment.startsWith('{') ? given[index] !== '' : segment === given[index],
    )
  );
}

export function createRouteTable(): RouteTable {
  const routes: { readonly method: string; readonly pattern: string }[] = [];
  return {
    add: (methods, pattern) => routes.push(...[methods].flat().map((method) => ({ method, pattern }))),
    allowedMethods: (path) =>
      [...new Set(routes.filter(({ pattern }) => matchesPattern(pattern, path)).map(({ method }) => method))].sort(),
  };
}
