import { ago, localTime, shortTime } from '../model/time.ts';
import { useNowMs } from '../stores/context.ts';

/** A moment as the reader thinks of it, with the exact one (local and UTC) on pointing at it. */
export function Moment({ time, as = 'ago' }: { time: string; as?: 'ago' | 'short' | 'full' }) {
  const nowMs = useNowMs();
  const text = as === 'ago' ? ago(time, nowMs) : as === 'short' ? shortTime(time, nowMs) : localTime(time);
  return (
    <time dateTime={time} title={`${localTime(time)} · ${time}`}>
      {text}
    </time>
  );
}
