import { createPlaces } from './places.ts';

const never = new AbortController().signal;

describe('places', () => {
  it('lets in so many, and the others in the order they came', async () => {
    const places = createPlaces(2);
    const [first] = await Promise.all([places.take(never), places.take(never)]);
    const entered: string[] = [];
    const third = places.take(never).then(() => entered.push('third'));
    const fourth = places.take(never).then(() => entered.push('fourth'));
    await Promise.resolve();
    expect(entered).toEqual([]);
    first();
    first();
    await third;
    expect(entered).toEqual(['third']);
    void fourth;
  });

  it('lets go who no longer wants in, without taking a place', async () => {
    const places = createPlaces(1);
    const leave = await places.take(never);
    const impatient = new AbortController();
    const waiting = places.take(impatient.signal);
    impatient.abort();
    (await waiting)();
    leave();
    await places.take(never);
  });
});
