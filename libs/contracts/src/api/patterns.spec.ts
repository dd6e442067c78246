import { Compile } from 'typebox/compile';
import { labelSelector, oneOrMoreOf, traceId, wordsUpTo } from './patterns.ts';

const kinds = Compile(oneOrMoreOf(['Pod', 'Node']));
const labels = Compile(labelSelector);
const words = Compile(wordsUpTo(20, 'Words.'));
const traces = Compile(traceId);
const UUID = '0af76519-16cd-43dd-8448-eb211c80319c';

describe('a parameter of several values', () => {
  it.each(['Pod', 'Pod,Node', 'Pod, Node', 'Node , Pod,Pod'])('may be %j', (text) =>
    expect(kinds.Check(text)).toBe(true),
  );
  it.each(['', ',', 'Pod,', 'pod', 'Pod Node', 'Pod,Secret', 'Pod;Node', 'Podx'])('may not be %j', (text) =>
    expect(kinds.Check(text)).toBe(false),
  );
});

describe('a label selector', () => {
  it.each(['a', 'a=', 'a=b', 'app.kubernetes.io/name=x.y_z-1', 'a,b=c, d', `${'k'.repeat(63)}=${'v'.repeat(63)}`])(
    'may be %j',
    (text) => expect(labels.Check(text)).toBe(true),
  );
  it.each(['', 'a==', 'a=b=c', '=b', 'a,', '-a', 'a-', 'a=-b', "a' or 1=1", 'a/b/c', 'k'.repeat(64), 'a\u0000'])(
    'may not be %j',
    (text) => expect(labels.Check(text)).toBe(false),
  );
});

describe('words to search by', () => {
  it.each(['', ' ', '\n', 'a', '-7-', '日本', '𝒳', 'check-out v1', 'a\nb'])('may be %j', (text) =>
    expect(words.Check(text)).toBe(true),
  );
  it.each(['---', '!', ' - / ', '\u001c', '\u0000', 'a\u0000', '\u0000a', 'x'.repeat(21)])('may not be %j', (text) =>
    expect(words.Check(text)).toBe(false),
  );
});

describe('a trace id', () => {
  it.each([UUID, UUID.replaceAll('-', ''), UUID.toUpperCase()])('may be %s', (text) =>
    expect(traces.Check(text)).toBe(true),
  );
  it.each(['', 'xyz', '0'.repeat(32), `${UUID}0`, UUID.slice(1), UUID.replace('-', '')])('may not be %s', (text) =>
    expect(traces.Check(text)).toBe(false),
  );
});
