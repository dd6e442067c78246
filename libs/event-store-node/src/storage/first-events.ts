import { randomUuid } from '@mooring/kernel';
import { NOTHING } from '../wire/protobuf.ts';
import type { EventLog } from './event-log.ts';
import type { GroupCommit } from './group-commit.ts';

const event = (type: string, data: string) => ({
  id: randomUuid(),
  type,
  isJson: true,
  metadata: NOTHING,
  data: Buffer.from(data),
});

/** A real node writes about its own accounts before anybody else writes, so `$all` is never empty; so does this one. */
export async function writeFirstEvents(log: EventLog, commits: GroupCommit): Promise<void> {
  if (log.stream('$users').last >= 0) return;
  const events = ['admin', 'ops'].map((login) => event('$User', JSON.stringify(login)));
  await commits.submit({ kind: 'append', stream: '$users', expected: 'no_stream', events });
}
