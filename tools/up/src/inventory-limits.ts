import { Failure } from '@mooring/kernel';
import type { InventoryLimits } from '@mooring/messaging';

const HOUR_MS = 3_600_000;

/** What the stream of inventory changes keeps, each by a variable: a whole number of hours (at most ten years), and of MiB. */
export const INVENTORY_VARIABLES = {
  hours: 'MOORING_INVENTORY_HOURS',
  mebibytes: 'MOORING_INVENTORY_MEBIBYTES',
} as const;

/** What is not set is as the stream has it by default. Throws a Failure `invalid` for anything but a whole number in bounds. */
export function readInventoryLimits(
  environment: Readonly<Record<string, string | undefined>>,
): Partial<InventoryLimits> {
  const read = (name: string, max: number): number | undefined => {
    const text = environment[name] ?? '';
    if (text === '') return undefined;
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || value < 1 || value > max)
      throw new Failure('invalid', `${name} "${text}" is not a whole number from 1 to ${max}`);
    return value;
  };
  const hours = read(INVENTORY_VARIABLES.hours, 87_600);
  const mebibytes = read(INVENTORY_VARIABLES.mebibytes, 1_000_000_000);
  return {
    ...(hours === undefined ? {} : { ageMsMax: hours * HOUR_MS }),
    ...(mebibytes === undefined ? {} : { bytesMax: mebibytes * 1024 ** 2 }),
  };
}
