/** Which methods exist for a path. */
export interface RouteTable {
  add(methods: string | readonly string[], pattern: string): void;
  /**
   * Methods that the nearest pattern answers for this path, sorted; empty when there is no such path. Of two patterns the one is
   * nearer that has a fixed segment where the other first has a parameter.
   */
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

/** One character per segment, so that the nearer of two patterns for one path sorts first. */
const shapeOf = (pattern: string): string => pattern.split('/').map(kindOf).join('');

function kindOf(segment: string): string {
  if (segment === '*') return '2';
  return segment.startsWith(':') || segment.startsWith('{') ? '1' : '0';
}

export function createRouteTable(): RouteTable {
  const routes: { readonly method: string; readonly pattern: string }[] = [];
  return {
    add: (methods, pattern) => routes.push(...[methods].flat().map((method) => ({ method, pattern }))),
    allowedMethods(path) {
      const matching = routes.filter(({ pattern }) => matchesPattern(pattern, path));
      const nearest = matching.map(({ pattern }) => shapeOf(pattern)).sort()[0];
      const methods = matching.filter(({ pattern }) => shapeOf(pattern) === nearest).map(({ method }) => method);
      return [...new Set(methods)].sort();
    },
  };
}
