/**
 * Reads and writes protobuf messages field by field: for the messages on the hot path (an event is encoded once, when it is
 * appended), and for fields that the generated code does not have or cannot write (2^64-1 as a JavaScript number).
 */
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

export const NOTHING = Buffer.alloc(0);

const varintSize = (value: number): number => (value < 128 ? 1 : 1 + varintSize(Math.floor(value / 128)));

export interface WireWriter {
  /** An integer in [0, 2^64). Zero is written too: whoever wants proto3's omission leaves the call out. */
  uint64(field: number, value: number | bigint): WireWriter;
  bytes(field: number, value: Uint8Array): WireWriter;
  string(field: number, value: string): WireWriter;
  /** A message within the message; `write` gets this writer. */
  message(field: number, write: (writer: WireWriter) => void): WireWriter;
  finish(): Buffer;
}

class BufferWriter implements WireWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(sizeHint: number) {
    this.#buffer = Buffer.allocUnsafe(sizeHint);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }

  #varint(value: number | bigint): void {
    this.#reserve(10);
    let rest = value;
    if (typeof rest === 'bigint') {
      for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest = Number(rest);
    }
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#buffer[this.#length++] = (rest % 128) | 0x80;
    this.#buffer[this.#length++] = rest;
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  uint64(field: number, value: number | bigint): this {
    this.#tag(field, VARINT);
    this.#varint(value);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  string(field: number, value: string): this {
    const size = Buffer.byteLength(value);
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(size);
    this.#reserve(size);
    this.#length += this.#buffer.write(value, this.#length, 'utf8');
    return this;
  }

  message(field: number, write: (writer: WireWriter) => void): this {
    this.#tag(field, LENGTH_DELIMITED);
    // Most are short: room for a length of one byte is left, and what came out longer is moved.
    this.#reserve(1);
    const start = ++this.#length;
    write(this);
    const size = this.#length - start;
    const extra = varintSize(size) - 1;
    this.#reserve(extra);
    if (extra > 0) this.#buffer.copyWithin(start + extra, start, start + size);
    this.#length = start - 1;
    this.#varint(size);
    this.#length += size;
    return this;
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}

export const createWireWriter = (sizeHint = 256): WireWriter => new BufferWriter(sizeHint);

/** A varint (as a bigint if no JavaScript number holds it), or the bytes of a string, a message or the like. */
export type WireValue = number | bigint | Buffer;

const malformed = (): Error => new Error('the bytes are not a message of the protocol');

/**
 * Calls `take` for each field, in their order. Fields of fixed length, which the protocol does not use, are skipped.
 *
 * @throws Error for bytes that are no message.
 */
export function readFields(bytes: Buffer, take: (field: number, value: WireValue) => void): void {
  let at = 0;
  const varint = (): number | bigint => {
    const start = at;
    let value = 0;
    for (let scale = 1; at - start < 10; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw malformed();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : largeVarint(bytes.subarray(start, at));
    }
    throw malformed();
  };
  const skip = (count: number): number => {
    const start = at;
    at += count;
    if (at > bytes.length) throw malformed();
    return start;
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    if (field === 0) throw malformed();
    if (type === VARINT) take(field, varint());
    else if (type === LENGTH_DELIMITED) take(field, bytes.subarray(skip(Number(varint())), at));
    else if (type === FIXED_64 || type === FIXED_32) skip(type === FIXED_64 ? 8 : 4);
    else throw malformed();
  }
}

const largeVarint = (bytes: Uint8Array): bigint =>
  BigInt.asUintN(
    64,
    bytes.reduceRight((value, byte) => (value << 7n) | BigInt(byte & 0x7f), 0n),
  );

/** @throws Error for an integer. */
export function asBytes(value: WireValue): Buffer {
  if (!Buffer.isBuffer(value)) throw malformed();
  return value;
}

/** @throws Error for bytes. */
export function asInteger(value: WireValue): number | bigint {
  if (Buffer.isBuffer(value)) throw malformed();
  return value;
}
