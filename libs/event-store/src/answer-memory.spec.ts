import { createAnswerMemory } from './answer-memory.ts';

describe('answers to commands that left nothing', () => {
  it('are remembered for ten minutes', () => {
    let nowMs = 0;
    const memory = createAnswerMemory(() => nowMs);
    memory.put('one', 'refused');
    nowMs = 599_999;
    expect(memory.get('one')).toBe('refused');
    nowMs = 600_000;
    expect(memory.get('one')).toBeUndefined();
  });

  it('are the newest 5,000', () => {
    const memory = createAnswerMemory(() => 0);
    for (let index = 0; index < 5_001; index += 1) memory.put(String(index), index);
    expect([memory.get('0'), memory.get('1'), memory.get('5000')]).toEqual([undefined, 1, 5_000]);
  });
});
