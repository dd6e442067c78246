import { CONNECTION_STATES, SEVERITY_NUMBERS, isForAPerson, type Reason } from '@mooring/contracts';
import type { ConnectionEvent } from './domain/connection.ts';
import { tell } from './narrative.ts';

const BY = ['person', 'policy', 'observation'] as const;
const REASONS: readonly (Reason | undefined)[] = [
  undefined,
  { code: 'two-words', message: 'Why.' },
  { code: 'two-words', message: 'Why.', suggestedRemediation: 'Do this.' },
];

const lossesOf = (type: 'ConnectionDisconnected' | 'ConnectionNotFound'): readonly ConnectionEvent[] =>
  CONNECTION_STATES.flatMap((previousState) =>
    BY.flatMap((by) =>
      REASONS.map((reason): ConnectionEvent => {
        const state = type === 'ConnectionNotFound' ? 'not_found' : 'disconnected';
        const given = reason === undefined ? {} : { reason };
        return {
          type,
          data: { connectionId: 'c', name: 'n', previousState, state, intent: 'none', decision: 1, by, ...given },
        };
      }),
    ),
  );

const losses = [...lossesOf('ConnectionDisconnected'), ...lossesOf('ConnectionNotFound')];

describe('what people are told', () => {
  it('has the details of the error whenever it is one', () => {
    for (const event of losses) {
      const { severity, narrative } = tell(event);
      if (SEVERITY_NUMBERS[severity] > SEVERITY_NUMBERS.error) continue;
      expect(narrative.error).toMatchObject({ severity, code: 'two-words', moniker: 'two_words' });
      expect(Object.values(narrative.error ?? {}).every((text) => text !== '')).toBe(true);
    }
  });

  it('wakes nobody for what was decided, ignored or is in maintenance, and somebody for everything else that is lost', () => {
    for (const event of losses) {
      const { by, previousState } = event.data;
      const leftAlone = previousState === 'ignored' || previousState === 'maintenance';
      const decided = event.type === 'ConnectionDisconnected' && by !== 'observation';
      expect(isForAPerson(SEVERITY_NUMBERS[tell(event).severity])).toBe(!leftAlone && !decided);
    }
  });
});
