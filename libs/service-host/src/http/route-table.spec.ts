import { createRouteTable } from './route-table.ts';

describe('the methods of a path', () => {
  const table = createRouteTable();
  table.add(['GET', 'HEAD'], '/a/:id/history');
  table.add('POST', '/a/:id/:action');
  table.add('GET', '/a/*');

  it('are those of the nearest pattern, which the document describes under that path', () => {
    expect(table.allowedMethods('/a/1/history')).toEqual(['GET', 'HEAD']);
    expect(table.allowedMethods('/a/1/register')).toEqual(['POST']);
    expect(table.allowedMethods('/a/1/2/3')).toEqual(['GET']);
    expect(table.allowedMethods('/b')).toEqual([]);
  });
});
