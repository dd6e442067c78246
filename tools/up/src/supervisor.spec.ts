import type { EngineExit, EngineProcess } from '@mooring/engines';
import { Failure } from '@mooring/kernel';
import { eventually } from '@mooring/testing';
import { createSupervisor, type Component, type Supervisor } from './supervisor.ts';

/** A process in memory that ends when it is told to; `stopped` collects the order. */
function fakeProcess(
  pid: number,
  onStop: () => void = () => undefined,
): EngineProcess & { end(exit: Partial<EngineExit>): void } {
  const { promise: exited, resolve } = Promise.withResolvers<EngineExit>();
  const end = (exit: Partial<EngineExit>): void => resolve({ code: null, signal: null, ...exit });
  const stop = async (): Promise<void> => {
    onStop();
    end({ code: 0 });
    await exited;
  };
  const kill = (): Promise<void> => {
    end({ signal: 'SIGKILL' });
    return Promise.resolve();
  };
  return { pid, exited, stop, kill, end, [Symbol.asyncDispose]: stop };
}

type Fake = ReturnType<typeof fakeProcess>;

/** A supervisor with everything it says, and a component whose lives are at hand. */
function harness(lastWords = '') {
  const said: string[] = [];
  const stops: string[] = [];
  const running = new Set<number>();
  let pid = 0;
  const supervisor: Supervisor = createSupervisor({
    say: (message) => said.push(message),
    lastWords: () => lastWords,
    onSpawned: (_name, process) => running.add(process.pid),
    onEnded: (_name, process) => running.delete(process.pid),
  });
  const component = (name: string, onStart: (life: Fake) => void = () => undefined): Component & { lives: Fake[] } => {
    const lives: Fake[] = [];
    return {
      name,
      lives,
      start: async (onSpawn) => {
        const life = fakeProcess((pid += 1), () => stops.push(name));
        lives.push(life);
        onSpawn(life);
        onStart(life);
        const exit = await Promise.race([life.exited, Promise.resolve(undefined)]);
        if (exit !== undefined) throw new Failure('unavailable', `${name} ended before it was ready`);
        return life;
      },
    };
  };
  return { supervisor, said, stops, running, component };
}

describe('the supervisor', () => {
  it('starts again what died, with growing delays, and says both', async () => {
    const { supervisor, said, component } = harness('the disk is full');
    const one = component('one');
    await supervisor.run(one);
    one.lives[0]!.end({ code: 1 });
    await eventually(() => one.lives.length === 2);
    one.lives[1]!.end({ signal: 'SIGKILL' });
    await eventually(() => one.lives.length === 3);
    await eventually(() => said.length === 4);
    expect(said).toEqual([
      'one died (exit code 1: the disk is full); starting it again in 250 ms',
      'one is back (process 2)',
      'one died (signal SIGKILL); starting it again in 500 ms',
      'one is back (process 3)',
    ]);
    await supervisor.stop();
  });

  it('gives up at the fifth death within a minute, with the reason', async () => {
    const { supervisor, component } = harness('out of memory');
    // Ready once, and from then on it dies at every start.
    const one = component('one', (life) => life.pid > 1 && life.end({ code: 3 }));
    await supervisor.run(one);
    one.lives[0]!.end({ code: 3 });
    await expect(supervisor.gaveUp).resolves.toMatchObject({
      message: 'one died 5 times within a minute, the last time with one ended before it was ready',
    });
    expect(one.lives).toHaveLength(5);
    await supervisor.stop();
  }, 10_000);

  it('never starts again what refuses its configuration (exit code 78): while it runs, or at a restart', async () => {
    const { supervisor, said, component } = harness('cannot start: GATEWAY_TOKEN is too short');
    const one = component('one');
    await supervisor.run(one);
    one.lives[0]!.end({ code: 78 });
    const { message } = await supervisor.gaveUp;
    expect(message).toContain('one ended, and starting it again cannot help');
    expect(message).toContain('GATEWAY_TOKEN is too short');
    expect([one.lives.length, said]).toEqual([1, []]);
    await supervisor.stop();

    const second = harness();
    const two = second.component('two', (life) => life.pid > 1 && life.end({ code: 78 }));
    await second.supervisor.run(two);
    two.lives[0]!.end({ signal: 'SIGKILL' });
    expect((await second.supervisor.gaveUp).message).toContain('two ended, and starting it again cannot help');
    expect(two.lives).toHaveLength(2);
    await second.supervisor.stop();
  });

  it('rejects for what cannot be started the first time, and does not try again', async () => {
    const { supervisor, component, running } = harness();
    const one = component('one', (life) => life.end({ code: 1 }));
    await expect(supervisor.run(one)).rejects.toThrow('one ended before it was ready');
    await supervisor.stop();
    expect([one.lives.length, running.size]).toEqual([1, 0]);
  });

  it('stops in reverse order, and a death during the stop starts nothing', async () => {
    const { supervisor, said, stops, running, component } = harness();
    const [first, second, third] = [component('first'), component('second'), component('third')];
    for (const one of [first, second, third]) await supervisor.run(one);
    const stopped = supervisor.stop();
    first.lives[0]!.end({ code: 1 });
    await stopped;
    expect(stops).toEqual(['third', 'second']);
    expect([first, second, third].map(({ lives }) => lives.length)).toEqual([1, 1, 1]);
    expect([said, running.size]).toEqual([[], 0]);
  });

  it('stops what is just being started, and starts nothing any more', async () => {
    const { supervisor, running, component } = harness();
    const slow: Component = {
      name: 'slow',
      start: async (onSpawn) => {
        const life = fakeProcess(99);
        onSpawn(life);
        await life.exited;
        throw new Failure('unavailable', 'slow ended before it was ready');
      },
    };
    const started = supervisor.run(slow);
    expect(running).toEqual(new Set([99]));
    await Promise.all([expect(started).rejects.toThrow('before it was ready'), supervisor.stop()]);
    expect(running.size).toBe(0);
    await expect(supervisor.run(component('late'))).rejects.toThrow('everything is being stopped');
  });

  it('stops what had no process yet when the stop began', async () => {
    const { supervisor, running } = harness();
    const prepared = Promise.withResolvers<undefined>();
    const preparing: Component = {
      name: 'preparing',
      start: async (onSpawn) => {
        await prepared.promise;
        const life = fakeProcess(7);
        onSpawn(life);
        return life;
      },
    };
    const started = supervisor.run(preparing);
    const stopped = supervisor.stop();
    prepared.resolve(undefined);
    await Promise.all([started, stopped]);
    expect(running.size).toBe(0);
  });

  it('does not wait for the delay of a restart when it is stopped', async () => {
    const { supervisor, said, component } = harness();
    const one = component('one');
    await supervisor.run(one);
    one.lives[0]!.end({ code: 1 });
    await eventually(() => said.length === 1);
    await supervisor.stop();
    expect(one.lives).toHaveLength(1);
  });
});
