import { parseStreamMetadata, SOFT_DELETED_JSON, visibleRange, withTruncateBefore } from './stream-metadata.ts';

const range = (text: string, last = 4) => visibleRange(parseStreamMetadata('s', text), last, 10_000_000);

describe('the visible range', () => {
  it.each([
    ['{}', 0],
    ['{"$maxCount":2}', 3],
    ['{"$tb":3}', 3],
    ['{"$maxCount":3,"$tb":4}', 4],
    ['{"$tb":9}', 9],
    ['{"$maxCount":100}', 0],
  ])('of five events with %s begins at %i', (text, first) => {
    expect(range(text).firstRevision).toBe(first);
  });

  it('counts an age in seconds back from now', () => {
    expect(range('{"$maxAge":3}').createdFromUs).toBe(7_000_000);
  });

  it.each([
    '',
    '[]',
    '"x"',
    '{"$maxCount":0}',
    '{"$maxCount":-1}',
    '{"$maxCount":"1"}',
    '{"$maxCount":1.5}',
    '{"$maxCount":1,"$tb":"x"}',
    '{"$acl":5,"$maxCount":1}',
    '{"$maxCount":1,"$acl":{"$r":5}}',
    '{"$maxCount":1,"$maxAge":0}',
    '{"$maxCount":1,"$cacheControl":"x"}',
    '{"$maxCount":1',
  ])('is everything if the metadata is not valid as a whole: %s', (text) => {
    expect(range(text)).toEqual({ firstRevision: 0, createdFromUs: 0 });
  });

  it('of a metastream is its last event, whatever was written about it', () => {
    expect(visibleRange(parseStreamMetadata('$$s', '{"$maxCount":3}'), 4, 0).firstRevision).toBe(4);
  });
});

it('a stream whose $tb is the highest revision is soft-deleted', () => {
  expect(parseStreamMetadata('s', SOFT_DELETED_JSON).softDeleted).toBe(true);
  expect(parseStreamMetadata('s', '{"$tb":4}').softDeleted).toBe(false);
});

it('a stream that comes back keeps its other keys', () => {
  expect(withTruncateBefore('{"mine":"x","$tb":1}', 2)).toBe('{"mine":"x","$tb":2}');
  expect(withTruncateBefore(undefined, 2)).toBe('{"$tb":2}');
  expect(withTruncateBefore('not json', 2)).toBe('{"$tb":2}');
});
