/**
 * Writes protobuf messages field by field. Only for the messages on the hot path (an event is encoded once, when it is
 * appended) and for one field that the generated code cannot write (2^64-1 as a JavaScript number).
 */
export interface WireWriter {
  /** An integer in [0, 2^64). Zero is written too: whoever wants proto3's omission leaves the call out. */
  uint64(field: number, value: number | bigint): WireWriter;
  bytes(field: number, value: Uint8Array): WireWriter;
  string(field: number, value: string): WireWriter;
  finish(): Buffer;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

export function createWireWriter(sizeHint = 256): WireWriter {
  let buffer = Buffer.allocUnsafe(sizeHint);
  let length = 0;

  const reserve = (bytes: number): void => {
    if (length + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  };
  const varint = (value: number | bigint): void => {
    reserve(10);
    if (typeof value === 'bigint') {
      let rest = value;
      for (; rest > 0x7fn; rest >>= 7n) buffer[length++] = Number(rest & 0x7fn) | 0x80;
      buffer[length++] = Number(rest);
      return;
    }
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) buffer[length++] = (rest % 128) | 0x80;
    buffer[length++] = rest;
  };
  const tag = (field: number, type: number): void => varint(field * 8 + type);

  const writer: WireWriter = {
    uint64(field, value) {
      tag(field, VARINT);
      varint(value);
      return writer;
    },
    bytes(field, value) {
      tag(field, LENGTH_DELIMITED);
      varint(value.length);
      reserve(value.length);
      buffer.set(value, length);
      length += value.length;
      return writer;
    },
    string(field, value) {
      const size = Buffer.byteLength(value);
      tag(field, LENGTH_DELIMITED);
      varint(size);
      reserve(size);
      length += buffer.write(value, length, 'utf8');
      return writer;
    },
    finish: () => buffer.subarray(0, length),
  };
  return writer;
}

export const NOTHING = Buffer.alloc(0);
