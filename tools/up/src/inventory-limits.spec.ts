import { readInventoryLimits } from './inventory-limits.ts';

describe('what the stream of inventory changes keeps', () => {
  it('is as the stream has it unless told, in hours and MiB', () => {
    expect(readInventoryLimits({ MOORING_INVENTORY_HOURS: '' })).toEqual({});
    expect(readInventoryLimits({ MOORING_INVENTORY_HOURS: '2', MOORING_INVENTORY_MEBIBYTES: '64' })).toEqual({
      ageMsMax: 7_200_000,
      bytesMax: 67_108_864,
    });
  });

  it.each(['0', '-1', '1.5', 'a day', '87601'])('is not %s hours', (text) => {
    expect(() => readInventoryLimits({ MOORING_INVENTORY_HOURS: text })).toThrow(
      `MOORING_INVENTORY_HOURS "${text}" is not a whole number from 1 to 87600`,
    );
  });
});
