import { createDamageReports, REPORTED_RECORDS_MAX } from './damage.ts';

describe('reports of damage', () => {
  it('tell of each record once, and of no more than there is room for', () => {
    const said: string[] = [];
    const damage = createDamageReports('/d', (sentence) => said.push(sentence));
    for (let round = 0; round < 2; round += 1)
      for (let position = 0; position < 3 * REPORTED_RECORDS_MAX; position += 1) damage.record(position);
    expect(said).toHaveLength(REPORTED_RECORDS_MAX + 1);
    expect(said[7]).toMatch(/position 7 is damaged.*verify --data \/d/u);
    expect(said.at(-1)).toMatch(/^more than 100 records are damaged/u);
  });

  it('tell of the file once', () => {
    const said: string[] = [];
    const damage = createDamageReports('/d', (sentence) => said.push(sentence));
    for (let round = 0; round < 3; round += 1) damage.file('malformed');
    expect(said).toEqual([expect.stringMatching(/^the file is damaged \(malformed\).*verify --data \/d/u)]);
  });
});
