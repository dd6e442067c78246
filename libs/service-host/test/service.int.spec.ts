import { describe, expect, it } from '@jest/globals';
import { startInProcess } from '../src/index.ts';
import { widgets } from './widgets.ts';

const ID = '5f3c9a52-7c43-4c0e-9d0a-1b5f7f6f8a01';

describe('a service', () => {
  it('answers, and the document says so', async () => {
    await using service = await startInProcess(widgets(), { greeting: 'hi' });
    const document = await service.call('GET', '/openapi.json');
    expect(JSON.stringify(document.body, null, 1)).toBe('');
  });
});
