import type { Route } from './route.ts';

export interface TitleFacts {
  readonly signedOut: boolean;
  /** How many notifications are open; in front, where a narrow tab still shows it. */
  readonly open: number;
  readonly nameOf: (connectionId: string) => string | undefined;
}

const placeOf = (route: Route, nameOf: TitleFacts['nameOf']): string => {
  switch (route.view) {
    case 'connections':
      return 'Connections';
    case 'connection':
      return nameOf(route.id) ?? 'Connection';
    case 'events':
      return 'Events';
    case 'notifications':
      return 'Notifications';
    case 'import':
      return 'Import';
    case 'unknown':
      return 'Nothing is here';
  }
};

export const pageTitle = (route: Route, { signedOut, open, nameOf }: TitleFacts): string =>
  signedOut ? 'Not signed in · Mooring' : `${open > 0 ? `(${open}) ` : ''}${placeOf(route, nameOf)} · Mooring`;
