import type { Desired } from './desired.ts';

/**
 * What discovery does about a connection.
 *
 * - `probe`: looks with backoff until the cluster is seen.
 * - `watch`: keeps the inventory equal to the cluster.
 * - `look`: only looks, slowly, whether it is there.
 * - `rest`: nothing; a person withdrew the intent.
 * - `gone`: forgets everything about it.
 */
export type Mode = 'probe' | 'watch' | 'look' | 'rest' | 'gone';

export function modeOf({ state, intent, withdrawn }: Pick<Desired, 'state' | 'intent' | 'withdrawn'>): Mode {
  switch (state) {
    case 'registered':
    case 'connected':
    case 'maintenance':
      return 'watch';
    case 'discovered':
    case 'ignored':
      return 'look';
    case 'not_found':
      return intent === 'none' ? 'look' : 'probe';
    case 'disconnected':
      if (intent !== 'none') return 'probe';
      return withdrawn ? 'rest' : 'look';
    case 'deleted':
      return 'gone';
  }
}

/** Whether connections takes the cluster for away, so that seeing it is news. */
export const isMissing = ({ state }: Pick<Desired, 'state'>): boolean =>
  state === 'not_found' || state === 'disconnected';
