import { offenceOf, type Asked } from '../load/asked.ts';
import type { Answer } from '../load/http.ts';
import type { StoredFact } from '../facts/facts.ts';
import { checkAsked } from './asked.ts';

const REGISTERED = 'io.meshery.connections.connection.registered.v1';
const stored = (revision: number, type: string, key?: string, streamName = 'connection-c'): StoredFact => ({
  id: `${streamName} ${revision}`,
  streamName,
  revision: BigInt(revision),
  position: BigInt(revision),
  type,
  key,
  publication: undefined,
});
const answer = (status: number, body: Answer['body'] = {}): Answer => ({ status, retryAfter: undefined, body });
const accepted = (revision: number, ...recorded: string[]): Answer =>
  answer(200, { revision: String(revision), recorded });
const command = (...answers: Answer[]): Asked => ({
  key: 'k',
  what: { kind: 'command', connectionId: 'c', action: 'register' },
  tries: 2,
  answers,
});
const said = (asked: readonly Asked[], events: readonly StoredFact[]): readonly string[] => {
  const messages: string[] = [];
  checkAsked(asked, events)((message) => messages.push(message));
  return messages;
};

describe('what was asked against what is stored', () => {
  it.each<readonly [string, readonly Answer[], readonly StoredFact[]]>([
    ['an effect as answered', [accepted(1, REGISTERED)], [stored(1, 'ConnectionRegistered', 'register k')]],
    [
      'a repeat that is answered the same',
      [accepted(1, REGISTERED), accepted(1, REGISTERED)],
      [stored(1, 'ConnectionRegistered', 'register k')],
    ],
    ['a refusal without an effect', [answer(409)], [stored(1, 'ConnectionRegistered')]],
    [
      'a refusal, and a repeat that was decided anew',
      [answer(409), accepted(2, REGISTERED)],
      [stored(2, 'ConnectionRegistered', 'register k')],
    ],
    ['nothing to do', [accepted(0)], []],
  ])('is content with %s', (_name, answers, events) => {
    expect(said([command(...answers)], events)).toEqual([]);
  });

  it.each<readonly [string, readonly Answer[], readonly StoredFact[], RegExp]>([
    ['an effect that is lost', [accepted(1, REGISTERED)], [], /was answered 200 with .*, and stored is nothing/],
    [
      'a refusal with an effect',
      [answer(409)],
      [stored(1, 'ConnectionRegistered', 'register k')],
      /409 with nothing, and stored is/,
    ],
    [
      'an effect that came twice',
      [accepted(1, REGISTERED)],
      [stored(1, 'ConnectionRegistered', 'register k'), stored(5, 'ConnectionRegistered', 'register k')],
      /took effect more than once/,
    ],
    [
      'a repeat that is answered otherwise',
      [accepted(1, REGISTERED), accepted(2, REGISTERED)],
      [stored(1, 'ConnectionRegistered', 'register k')],
      /and the repeat 200 with/,
    ],
    ['a command that nobody answered', [], [], /was never answered/],
    [
      'an effect that nobody asked for',
      [answer(404)],
      [stored(1, 'ConnectionRegistered', 'register other')],
      /nobody who was answered asked for/,
    ],
  ])('tells of %s', (_name, answers, events, message) => {
    expect(said([command(...answers)], events)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  it('wants every context of a kubeconfig resolved once, under one import', () => {
    const asked = (...ids: string[]): Asked => ({
      key: 'k',
      what: { kind: 'import', contexts: ['a'] },
      tries: 1,
      answers: ids.map((id) => answer(202, { id })),
    });
    const events = ['ImportRequested', 'ContextResolved', 'ImportCompleted'].map((type, revision) =>
      stored(revision, type, revision === 0 ? 'k' : undefined, 'import-1'),
    );
    expect(said([asked('1', '1')], events)).toEqual([]);
    expect(said([asked('1', '2')], events)[0]).toMatch(/became the imports 1 and 2/);
    expect(said([asked('1')], events.slice(0, 1))[0]).toMatch(/requested 1, resolved 0, completed 0 times/);
  });
});

describe('an answer', () => {
  it('is no offence when it is documented, and a 503 says when to come back', () => {
    const busy = answer(503, { code: 'unavailable' });
    expect([answer(200), answer(409), { ...busy, retryAfter: '1' }].map(offenceOf)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(offenceOf(busy)).toMatch(/without Retry-After/);
    expect(offenceOf({ ...answer(503, { code: 'other' }), retryAfter: '1' })).toMatch(/of another kind/);
    expect(offenceOf(answer(500, { code: 'internal-error' }))).toMatch(/500 internal-error/);
  });
});
