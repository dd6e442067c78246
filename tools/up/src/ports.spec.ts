import { PORTS, PORTS_OF_DEMO } from './options.ts';
import { portsFrom, portsUsed } from './ports.ts';

describe('the ports of an installation', () => {
  it('are a row from the first one, which is the gateway, and nothing takes one twice', () => {
    const used = portsUsed(portsFrom(20_000), true);
    expect([...used.keys()]).toEqual(Array.from({ length: PORTS_OF_DEMO }, (_, index) => 20_000 + index));
    expect(used.get(20_000)).toBe('gateway');
  });

  it('are fewer without the demo, and within the row that the help names', () => {
    const used = [...portsUsed(portsFrom(20_000), false).keys()];
    expect(Math.max(...used)).toBeLessThan(20_000 + PORTS);
  });
});
