import { useEffect, useRef } from 'preact/hooks';
import { DropAnywhere } from './components/drop-anywhere.tsx';
import { Header } from './components/header.tsx';
import { MessageBar } from './components/message-bar.tsx';
import { StreamBanner } from './components/stream-state.tsx';
import type { Route } from './model/route.ts';
import { pageTitle } from './model/page-title.ts';
import { usePage } from './stores/context.ts';
import { useStore } from './stores/use-store.ts';
import { Connection } from './views/connection.tsx';
import { Connections } from './views/connections.tsx';
import { Events } from './views/events.tsx';
import { Import } from './views/import.tsx';
import { Notifications } from './views/notifications.tsx';
import { SignedOut } from './views/signed-out.tsx';

function View({ route }: { route: Route }) {
  switch (route.view) {
    case 'connections':
      return <Connections route={route} />;
    case 'connection':
      return <Connection key={route.id} route={route} />;
    case 'events':
      return <Events route={route} />;
    case 'notifications':
      return <Notifications />;
    case 'import':
      return <Import id={route.id} />;
    case 'unknown':
      return (
        <>
          <h1 tabIndex={-1}>Nothing is here</h1>
          <p>
            This address leads nowhere. <a href="#/connections">To the connections</a>
          </p>
        </>
      );
  }
}

/** The title follows what is shown, and the focus goes to the heading of a new view, as with a page that was loaded. */
function useTitleAndFocus(route: Route, signedOut: boolean): void {
  const { console } = usePage();
  const { value: rows } = useStore(console.connections.rows);
  const { value: notifications } = useStore(console.notifications.list);
  const open = notifications.current.filter(({ status }) => status === 'open').length;
  const place = `${route.view}/${'id' in route ? (route.id ?? '') : ''}`;
  const placeBefore = useRef(place);
  useEffect(() => {
    document.title = pageTitle(route, { signedOut, open, nameOf: (id) => rows.get(id)?.name });
  });
  useEffect(() => {
    if (placeBefore.current === place) return;
    placeBefore.current = place;
    window.scrollTo(0, 0);
    document.querySelector('h1')?.focus({ preventScroll: true });
  }, [place]);
}

export function App() {
  const { console, router } = usePage();
  const route = useStore(router.route);
  const signedOut = useStore(console.signedOut);
  useTitleAndFocus(route, signedOut);
  if (signedOut) return <SignedOut />;
  return (
    <>
      <Header />
      <StreamBanner />
      <main id="content" tabIndex={-1}>
        <View route={route} />
      </main>
      <MessageBar />
      <DropAnywhere />
    </>
  );
}
