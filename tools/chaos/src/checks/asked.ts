import { eventTypeOfStored } from '@mooring/contracts';
import type { StoredFact } from '../facts/facts.ts';
import type { Asked } from '../load/asked.ts';
import type { Answer } from '../load/http.ts';
import type { Check } from './finding.ts';

/** Events by stream and idempotency key. */
type ByKey = ReadonlyMap<string, readonly StoredFact[]>;

const placeOf = (streamName: string, key: string): string => `${streamName} ${key}`;

/**
 * Whatever was accepted has its effect, once and whole; what was refused, and what was never answered, left nothing or the whole
 * effect under its key; and nothing is stored that nobody asked for.
 */
export const checkAsked =
  (asked: readonly Asked[], stored: readonly StoredFact[]): Check =>
  (say) => {
    const keyed = stored.filter(({ key }) => key !== undefined);
    const byKey: ByKey = Map.groupBy(keyed, ({ streamName, key = '' }) => placeOf(streamName, key));
    const byStream = Map.groupBy(
      stored.filter(({ streamName }) => streamName.startsWith('import-')),
      ({ streamName }) => streamName,
    );
    const expected = new Set<string>();
    for (const one of asked) {
      const tell = (message: string): void => say(`${one.key}: ${message} (sent ${one.tries} times)`);
      if (one.answers.length === 0) tell('was never answered');
      if (one.what.kind === 'command') {
        const { connectionId, action } = one.what;
        const place = placeOf(`connection-${connectionId}`, `${action} ${one.key}`);
        expected.add(place);
        checkCommand(one.answers, byKey.get(place) ?? [], (message) => tell(`${action} of ${connectionId} ${message}`));
      } else {
        for (const place of checkImport(one, byStream, tell)) expected.add(place);
      }
    }
    for (const [place, events] of byKey) {
      if (!expected.has(place))
        say(`nobody who was answered asked for ${events.map(({ type }) => type).join(', ')} of ${place}`);
    }
  };

interface Recorded {
  readonly types: readonly string[];
  readonly revision: string;
}

const recordedIn = ({ status, body }: Answer): Recorded | undefined => {
  const types = status === 200 ? (body['recorded'] as readonly string[]) : [];
  return types.length === 0 ? undefined : { types, revision: String(body['revision']) };
};

const inWords = (recorded: Recorded | undefined): string =>
  recorded === undefined ? 'nothing' : `${recorded.types.join(', ')} up to revision ${recorded.revision}`;

function checkCommand(answers: readonly Answer[], events: readonly StoredFact[], say: (message: string) => void): void {
  const first = answers.findIndex((answer) => recordedIn(answer) !== undefined);
  const told = first === -1 ? undefined : recordedIn(answers[first] as Answer);
  const types = events.map(({ type }) => eventTypeOfStored(type)?.type ?? type);
  const stored = events.length === 0 ? undefined : { types, revision: String(events.at(-1)?.revision) };
  for (const answer of first === -1 ? [] : answers.slice(first + 1)) {
    if (inWords(recordedIn(answer)) !== inWords(told)) {
      say(`was answered ${inWords(told)}, and the repeat ${answer.status} with ${inWords(recordedIn(answer))}`);
    }
  }
  if (events.some(({ revision }, index) => index > 0 && revision !== (events[index - 1]?.revision ?? 0n) + 1n)) {
    say(
      `took effect more than once: ${events.map(({ type, revision }) => `${type} ${revision.toString()}`).join(', ')}`,
    );
  }
  if (answers.length > 0 && inWords(told) !== inWords(stored)) {
    const statuses = answers.map(({ status }) => status).join(', ');
    say(`was answered ${statuses} with ${inWords(told)}, and stored is ${inWords(stored)}`);
  }
}

/** Gives the places at which the import may have stored something under its key. */
function checkImport(
  { key, what, answers }: Asked,
  byStream: ReadonlyMap<string, readonly StoredFact[]>,
  say: (message: string) => void,
): readonly string[] {
  const contexts = what.kind === 'import' ? what.contexts.length : 0;
  const ids = [...new Set(answers.filter(({ status }) => status === 202).map(({ body }) => String(body['id'])))];
  if (ids.length > 1) say(`one kubeconfig became the imports ${ids.join(' and ')}`);
  for (const id of ids) {
    const events = byStream.get(`import-${id}`) ?? [];
    const count = (type: string): number => events.filter((event) => event.type === type).length;
    const [requested, resolved, completed] = [
      count('ImportRequested'),
      count('ContextResolved'),
      count('ImportCompleted'),
    ];
    if (requested !== 1 || resolved !== contexts || completed !== 1) {
      say(
        `import ${id} of ${contexts} contexts was requested ${requested}, resolved ${resolved}, completed ${completed} times`,
      );
    }
  }
  return ids.map((id) => placeOf(`import-${id}`, key));
}
