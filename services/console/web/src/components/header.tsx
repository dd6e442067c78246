import type { Route } from '../model/route.ts';
import { counted } from '../model/time.ts';
import { usePage } from '../stores/context.ts';
import { useStore } from '../stores/use-store.ts';
import { StreamState } from './stream-state.tsx';

const Brand = () => (
  <a class="brand" href="#/connections" aria-label="Mooring, to the connections">
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <g fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round">
        <circle cx="10" cy="4" r="2" />
        <path d="M10 6v11.5M6 9h8M2.75 11.5c.4 3.6 3.4 6 7.25 6s6.85-2.4 7.25-6" />
      </g>
    </svg>
    Mooring
  </a>
);

const VIEWS = [
  { view: 'connections', label: 'Connections', hash: '#/connections' },
  { view: 'events', label: 'Events', hash: '#/events' },
  { view: 'notifications', label: 'Notifications', hash: '#/notifications' },
  { view: 'import', label: 'Import', hash: '#/import' },
] as const;

const belongsTo = (route: Route, view: string): boolean =>
  route.view === view || (route.view === 'connection' && view === 'connections');

export function Header() {
  const { console, router } = usePage();
  const route = useStore(router.route);
  const { value } = useStore(console.notifications.list);
  const open = value.current.filter(({ status }) => status === 'open').length;
  return (
    <header class="top">
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          // The hash is the address of the view; the jump is done by hand.
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        Skip to the content
      </a>
      <Brand />
      <nav aria-label="Views">
        {VIEWS.map(({ view, label, hash }) => (
          <a key={view} href={hash} aria-current={belongsTo(route, view) ? 'page' : undefined}>
            {label}
            {view === 'notifications' && open > 0 && (
              <span class="badge">
                {open > 99 ? '99+' : open}
                <span class="for-readers"> open</span>
              </span>
            )}
          </a>
        ))}
      </nav>
      <StreamState />
      <span class="for-readers" role="status">
        {open > 0 ? counted(open, 'open notification') : ''}
      </span>
    </header>
  );
}
