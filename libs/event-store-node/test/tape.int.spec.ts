import { jest } from '@jest/globals';
import { credentials } from '@grpc/grpc-js';
import { createEventStoreNode } from '../src/node.ts';
import { certificate, secureNode } from './secure-node.ts';
import { createTapePlayer, type Played, type TapePlayer } from './tape/player.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { loadTape, type TapeScenario } from './tape/tape.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

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

const played = async (player: TapePlayer, scenarios: readonly TapeScenario[]): Promise<void> => {
  const all = await playAll(player, scenarios);
  expect(all.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  expect(all.length).toBe(scenarios.length);
};

describe('the tape of a real EventStoreDB', () => {
  it('is answered alike, request by request', async () => {
    using folder = temporaryFolder();
    await using node = await createEventStoreNode({ dataFolder: folder.path });
    using player = createTapePlayer(`127.0.0.1:${node.port}`);
    const scenarios = loadTape('recorded').scenarios.filter(({ name }) => !LEFT_OUT.test(name));
    expect(scenarios.length).toBeGreaterThan(370);
    await played(player, scenarios);
    // Not recorded, but what the real server's code says of cases that were not.
    await played(player, loadTape('derived').scenarios);
  }, 60_000);

  it('is answered alike to those without rights, over TLS', async () => {
    using folder = temporaryFolder();
    await using node = await secureNode(folder.path);
    using player = createTapePlayer(`localhost:${node.port}`, credentials.createSsl(certificate()));
    await played(player, loadTape('access').scenarios);
  }, 60_000);
});
