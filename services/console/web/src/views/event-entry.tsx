import type { LoggedEvent } from '@mooring/contracts';
import { useState } from 'preact/hooks';
import { Copyable } from '../components/copyable.tsx';
import { Mark } from '../components/mark.tsx';
import { Moment } from '../components/moment.tsx';
import { connectionIdOf, messageOf, nameOf, shortType, splitAround, summaryOf, traceIdOf } from '../model/events.ts';
import { connectionHash } from '../model/route.ts';
import { shapeOfSeverity, toneOfSeverity } from '../model/severity.ts';

function Whole({ entry }: { entry: LoggedEvent }) {
  const traceId = traceIdOf(entry.event);
  return (
    <div class="event-whole">
      {traceId !== undefined && (
        <p>
          Trace <Copyable text={traceId} label="trace id" />
        </p>
      )}
      <pre tabIndex={0} aria-label="The event as it was published">
        {JSON.stringify(entry.event, null, 2)}
      </pre>
    </div>
  );
}

/** The summary; the connection it is about is a link, in its place where the summary names it. */
function Headline({
  text,
  connectionId,
  name,
}: {
  text: string;
  connectionId: string | undefined;
  name: string | undefined;
}) {
  if (connectionId === undefined) return <strong>{text}</strong>;
  const [before, linked, after] = splitAround(text, name) ?? [`${text} `, name ?? connectionId.slice(0, 8), ''];
  return (
    <strong>
      {before}
      <a href={connectionHash(connectionId)}>{linked}</a>
      {after}
    </strong>
  );
}

/** One event of the log on one line; opened, the whole CloudEvent. `name` is the connection's name where it is known. */
export function EventEntry({ entry, name }: { entry: LoggedEvent; name: string | undefined }) {
  const [open, setOpen] = useState(false);
  const { event } = entry;
  const message = messageOf(event);
  const summary = summaryOf(event);
  const connectionId = connectionIdOf(event);
  return (
    <li class="event">
      <Moment time={event.time} as="short" />
      <span class="severity">
        <Mark
          shape={shapeOfSeverity(event.severitynumber)}
          tone={toneOfSeverity(event.severitynumber, event.severitytext)}
        />
        {event.severitytext}
      </span>
      <div class="event-text">
        <Headline text={summary} connectionId={connectionId} name={nameOf(event) ?? name} />
        {message !== '' && message !== summary && <p>{message}</p>}
      </div>
      <details onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
        <summary>
          <code>{shortType(event.type)}</code>
        </summary>
        {open && <Whole entry={entry} />}
      </details>
    </li>
  );
}
