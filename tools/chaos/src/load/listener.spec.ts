import { readMessages } from './listener.ts';

describe('server-sent events', () => {
  it('are read by whole messages; the rest is kept', () => {
    const text = 'retry: 1000\n: hello\n\nid: 1\ndata: {"a":1}\n\nid: 2\nevent: reset\ndata: {}\n\nid: 3\nda';
    const { messages, rest } = readMessages(text);
    expect(messages).toEqual([
      { id: '1', event: 'message', data: '{"a":1}' },
      { id: '2', event: 'reset', data: '{}' },
    ]);
    expect(readMessages(`${rest}ta: x\n\n`)).toEqual({
      messages: [{ id: '3', event: 'message', data: 'x' }],
      rest: '',
    });
  });
});
