import { stateOf } from './resource-state.ts';

describe('the state of an object', () => {
  it.each([
    ['deleting', { deletionTimestamp: '2026-01-01T00:00:00Z', ready: true }],
    ['finished', { phase: 'Succeeded', ready: false }],
    ['not-ready', { phase: 'Failed' }],
    ['ready', { phase: 'Running', ready: true }],
    ['not-ready', { phase: 'Pending', ready: false }],
    ['not-ready', { phase: 'Pending' }],
    ['ready', { replicas: { desired: 3, ready: 3 } }],
    ['ready', { replicas: { desired: 0 } }],
    ['not-ready', { replicas: { desired: 3 } }],
    [
      'ready',
      {
        conditions: [
          { type: 'DiskPressure', status: 'False' },
          { type: 'Ready', status: 'True' },
        ],
      },
    ],
    ['not-ready', { conditions: [{ type: 'Ready', status: 'Unknown' }] }],
    ['finished', { conditions: [{ type: 'Complete', status: 'True' }] }],
    [
      'not-ready',
      {
        conditions: [
          { type: 'Programmed', status: 'False' },
          { type: 'Accepted', status: 'True' },
        ],
      },
    ],
    ['ready', { phase: 'Bound' }],
    [undefined, { phase: 'Running' }],
    [undefined, { conditions: [], replicas: {} }],
    [undefined, { conditions: 'odd', replicas: 7, phase: {} }],
    [undefined, {}],
  ] as const)('is %s of %j', (state, record) => expect(stateOf(record)).toBe(state));
});
