// The few forms of ASN.1 DER (ITU-T X.690) that a certificate is written in.

const element = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body]);
};

const lengthOf = (length: number): Buffer => {
  if (length < 0x80) return Buffer.of(length);
  const digits = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.of(0x80 | digits.length, ...digits);
};

export const sequence = (...parts: readonly Buffer[]): Buffer => element(0x30, ...parts);
export const octets = (bytes: Buffer): Buffer => element(0x04, bytes);
export const bitString = (bytes: Buffer): Buffer => element(0x03, Buffer.of(0), bytes);
export const truth: Buffer = Buffer.of(1, 1, 0xff);

/** A part that is known by its number alone. @param plain it has no parts of its own */
export const context = (number: number, body: Buffer, { plain = false } = {}): Buffer => element((plain ? 0x80 : 0xa0) | number, body);

/** A number that is not negative, most significant byte first. */
export const integer = (bytes: Buffer): Buffer => {
  const from = bytes.findIndex((byte) => byte !== 0);
  const digits = from === -1 ? Buffer.of(0) : bytes.subarray(from);
  return element(0x02, ...(digits[0]! >= 0x80 ? [Buffer.of(0)] : []), digits);
};

/** "1.2.840.10045.4.3.2" */
export const oid = (dotted: string): Buffer => {
  const [first, second, ...rest] = dotted.split('.').map(Number) as [number, number, ...number[]];
  return element(0x06, Buffer.of(first * 40 + second, ...rest.flatMap(sevenBits)));
};

const sevenBits = (value: number): number[] => {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift(0x80 | (rest & 0x7f));
  return digits;
};

export const algorithm = (id: string): Buffer => sequence(oid(id));

/** A name that is a common name only. */
export const name = (text: string): Buffer => sequence(element(0x31, sequence(oid('2.5.4.3'), element(0x0c, Buffer.from(text, 'utf8')))));

/** RFC 5280, 4.1.2.5: two digits of the year through 2049, four after it. */
export const time = (at: Date): Buffer => {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, '');
  return at.getUTCFullYear() < 2050 ? element(0x17, Buffer.from(digits.slice(2), 'ascii')) : element(0x18, Buffer.from(digits, 'ascii'));
};
