import type { KindStatus } from '@mooring/cluster-watch';
import { afterKindStatus, nextKind, nextTier, NOTHING_KNOWN, type Knowledge } from './details.ts';
import { NOTHING_TOLD, type Told } from './watch.ts';

const WINDOW_MS = 30_000;
const pods = { groupResource: 'pods', kind: 'Pod' };
const status = (state: KindStatus['state']): KindStatus => ({ state, since: '', count: 3, leftOut: 0 });

/** States of one kind, each with the second in which it began. */
const after = (...states: readonly (readonly [KindStatus['state'], number])[]): Knowledge =>
  states.reduce((known, [state, second]) => afterKindStatus(known, pods, status(state), second * 1_000), NOTHING_KNOWN);

const told = (state?: string): Told =>
  state === undefined ? NOTHING_TOLD : { degraded: { pods: { kind: 'Pod', status: state } } };

const short = (knowledge: Knowledge, before: Told, second: number): string => {
  const next = nextKind(knowledge, before, 'uid', WINDOW_MS, second * 1_000);
  if (next.kind === 'wait') return `in ${next.waitMs / 1_000}`;
  if (next.kind === 'nothing') return '-';
  const { type, data } = next.observation;
  return `${type} ${'status' in data ? data.status : ''}`;
};

describe('what is said of a kind', () => {
  it.each<readonly [string, Knowledge, Told, number, string]>([
    ['nothing while it is followed', after(['listing', 0], ['watching', 1]), told(), 99, '-'],
    ['nothing while it was never read', after(['listing', 0]), told(), 99, '-'],
    ['nothing at once', after(['watching', 0], ['failing', 10]), told(), 10, 'in 30'],
    ['that it failed for the window', after(['watching', 0], ['failing', 10]), told(), 40, 'KindDegraded failing'],
    [
      'the same over retries',
      after(['failing', 10], ['listing', 20], ['failing', 21]),
      told(),
      40,
      'KindDegraded failing',
    ],
    ['nothing twice', after(['failing', 10]), told('failing'), 99, '-'],
    ['nothing while it is tried again', after(['failing', 10], ['listing', 70]), told('failing'), 99, '-'],
    [
      'that it may not be read after it failed',
      after(['failing', 0], ['forbidden', 9]),
      told('failing'),
      50,
      'KindDegraded forbidden',
    ],
    ['nothing of what comes and goes', after(['failing', 0], ['watching', 9], ['failing', 19]), told(), 20, 'in 29'],
    ['not yet that it is back', after(['failing', 0], ['watching', 60]), told('failing'), 70, 'in 20'],
    ['that it is back', after(['failing', 0], ['watching', 60]), told('failing'), 90, 'KindRecovered watching'],
    [
      'nothing when it fails again before that was said',
      after(['watching', 60], ['failing', 70]),
      told('failing'),
      99,
      '-',
    ],
    ['that it went', after(['forbidden', 0], ['removed', 60]), told('forbidden'), 90, 'KindRecovered removed'],
    ['that it went while nobody watched', NOTHING_KNOWN, told('forbidden'), 0, 'KindRecovered removed'],
    ['nothing of one that comes back to be read', after(['removed', 0], ['listing', 9]), told(), 90, '-'],
  ])('%s', (_what, knowledge, before, second, expected) => {
    expect(short(knowledge, before, second)).toBe(expected);
  });

  it('is true of types that are called like anything', () => {
    const odd = afterKindStatus(NOTHING_KNOWN, { groupResource: 'constructor', kind: 'C' }, status('watching'), 0);
    expect(short(odd, told(), 99)).toBe('-');
  });
});

describe('what is said of tiers', () => {
  it('is each one once, in order, up to the one that was reached', () => {
    const knowledge: Knowledge = { ...after(['watching', 0]), tier: 'workloads' };
    const said: string[] = [];
    let before: Told = NOTHING_TOLD;
    for (
      let next = nextTier(knowledge, before, 'uid');
      next?.type === 'TierReached';
      next = nextTier(knowledge, before, 'uid')
    ) {
      said.push(next.data.tier);
      expect(next.data.objects).toBe(3);
      before = { ...before, tier: next.data.tier };
    }
    expect(said).toEqual(['identity', 'workloads']);
  });

  it('is nothing while nothing was reached', () => {
    expect(nextTier(NOTHING_KNOWN, NOTHING_TOLD, 'uid')).toBeUndefined();
  });
});
