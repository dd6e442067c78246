/** Names by which the edges get what the composition root made. */
export const DESIRED = Symbol('desired store');
export const ON_HEARD = Symbol('called when something was heard of a connection');
export const AUDIENCE = Symbol('who looks at which cluster');
export const CLUSTERS = Symbol('cluster queries');
export const RESOURCES = Symbol('resource queries');
export const FACETS = Symbol('facets');
