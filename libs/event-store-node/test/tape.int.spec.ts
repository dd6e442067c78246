import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventStoreNode } from '../src/node.ts';
import { createTapePlayer, type Played, type TapePlayer } from './tape/player.ts';
import { loadTape, type TapeScenario } from './tape/tape.ts';

/** Of several kinds of answers only links are left out: this node returns them as they are. */
const LEFT_OUT = /^links \//u;
const AT_ONCE = 24;

/** Most of a scenario's time is waiting, so many are played at the same time, each in streams of its own. */
async function playAll(player: TapePlayer, scenarios: readonly TapeScenario[]): Promise<Played[]> {
  const left = [...scenarios];
  const played: Played[] = [];
  const playSome = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) played.push(await player.play(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, playSome));
  return played;
}

describe('the tape of a real EventStoreDB', () => {
  it('is answered alike, request by request', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'event-store-tape-'));
    const scenarios = loadTape('recorded').scenarios.filter(({ name }) => !LEFT_OUT.test(name));
    {
      await using node = await createEventStoreNode({ dataFolder });
      using player = createTapePlayer(`127.0.0.1:${node.port}`);
      const played = await playAll(player, scenarios);
      expect(played.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
      expect(played.length).toBe(scenarios.length);
      expect(scenarios.length).toBeGreaterThan(370);
    }
    await rm(dataFolder, { recursive: true });
  }, 60_000);
});
