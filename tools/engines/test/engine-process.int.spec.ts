import { describe, expect, it } from '@jest/globals';
import { startProcess, type EngineProcess } from '../src/index.ts';

/** A process that is ready after its first line, with what was told of its end. */
async function start(
  script: string,
): Promise<{ readonly engine: EngineProcess; readonly death: Promise<string>; readonly deaths: readonly string[] }> {
  const deaths: string[] = [];
  const told = Promise.withResolvers<string>();
  const { process: engine } = await startProcess({
    what: 'the engine',
    program: process.execPath,
    args: ['-e', script],
    readyWhen: () => true,
    onDeath({ message }) {
      deaths.push(message);
      told.resolve(message);
    },
  });
  return { engine, death: told.promise, deaths };
}

describe('the end of a process', () => {
  it('that came by itself is told, with its last words', async () => {
    const { death } = await start(`console.log('ready'); setTimeout(() => { throw new Error('no more') }, 50)`);
    expect(await death).toMatch(/^the engine ended with 1\. It wrote:\nready\n[^]*Error: no more/);
  });

  it.each(['stop', 'kill'] as const)('that was asked for is not (%s)', async (how) => {
    const { engine, deaths } = await start(`console.log('ready'); setInterval(() => undefined, 1e6)`);
    await engine[how]();
    await engine.exited;
    expect(deaths).toEqual([]);
  });
});
