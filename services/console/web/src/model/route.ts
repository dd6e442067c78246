/** Where on the page somebody is; kept in the hash of the address, so that every view can be linked to and gone back to. */
export type Route =
  | { readonly view: 'connections'; readonly states: readonly string[]; readonly search: string; readonly sort: string }
  | { readonly view: 'connection'; readonly id: string; readonly revision?: string }
  | { readonly view: 'events'; readonly severityMax: number; readonly search: string }
  | { readonly view: 'notifications' }
  | { readonly view: 'import'; readonly id?: string }
  | { readonly view: 'unknown' };

/** By urgency: among hundreds, the few that need somebody have to be on top. */
export const SORT_DEFAULT = 'state';
export const SEVERITY_MAX_DEFAULT = 7;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const severityOf = (text: string | null): number =>
  text !== null && /^[0-7]$/.test(text) ? Number(text) : SEVERITY_MAX_DEFAULT;

/** Reads `location.hash`. Never throws: what it does not know is the view `unknown`, an empty hash the list of connections. */
export function parseRoute(hash: string): Route {
  const [path = '', queryText = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const query = new URLSearchParams(queryText);
  const [view = '', id] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  switch (view) {
    case '':
    case 'connections': {
      const revision = query.get('revision');
      if (id !== undefined)
        return { view: 'connection', id, ...(revision !== null && /^\d+$/.test(revision) ? { revision } : {}) };
      return {
        view: 'connections',
        states: (query.get('state') ?? '').split(',').filter((state) => state !== ''),
        search: query.get('q') ?? '',
        sort: query.get('sort') ?? SORT_DEFAULT,
      };
    }
    case 'events':
      return { view: 'events', severityMax: severityOf(query.get('severity')), search: query.get('q') ?? '' };
    case 'notifications':
      return { view: 'notifications' };
    case 'import':
      return { view: 'import', ...(id === undefined ? {} : { id }) };
    default:
      return { view: 'unknown' };
  }
}

const withQuery = (path: string, query: Readonly<Record<string, string>>): string => {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString().replaceAll('%2C', ',')}`;
};

/** The inverse of {@link parseRoute}; defaults are left out, so that the plain view has the plain address. */
export function toHash(route: Route): string {
  switch (route.view) {
    case 'connections':
      return withQuery('#/connections', {
        state: route.states.join(','),
        q: route.search,
        sort: route.sort === SORT_DEFAULT ? '' : route.sort,
      });
    case 'connection':
      return withQuery(`#/connections/${encodeURIComponent(route.id)}`, { revision: route.revision ?? '' });
    case 'events':
      return withQuery('#/events', {
        severity: route.severityMax === SEVERITY_MAX_DEFAULT ? '' : String(route.severityMax),
        q: route.search,
      });
    case 'notifications':
      return '#/notifications';
    case 'import':
      return route.id === undefined ? '#/import' : `#/import/${encodeURIComponent(route.id)}`;
    case 'unknown':
      return '#/connections';
  }
}

export const connectionHash = (id: string): string => toHash({ view: 'connection', id });
