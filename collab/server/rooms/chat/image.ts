/** An image that a browser may show in place, by its first bytes: never by its name or what its sender says. */
export interface Image {
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  readonly width: number;
  readonly height: number;
}

/** What image these bytes are. SVG is none: it runs scripts. */
export const imageOf = (data: Buffer): Image | undefined => {
  if (data.length >= 24 && data.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return { mimeType: 'image/png', width: data.readUInt32BE(16), height: data.readUInt32BE(20) };
  if (data.length >= 10 && /^GIF8[79]a$/.test(data.toString('latin1', 0, 6))) return { mimeType: 'image/gif', width: data.readUInt16LE(6), height: data.readUInt16LE(8) };
  if (data.length >= 30 && data.toString('latin1', 0, 4) === 'RIFF' && data.toString('latin1', 8, 12) === 'WEBP') return { mimeType: 'image/webp', ...webpSize(data) };
  if (data.length >= 4 && data[0] === 0xff && data[1] === 0xd8 && data[2] === 0xff) return { mimeType: 'image/jpeg', ...jpegSize(data) };
  return undefined;
};

const webpSize = (data: Buffer): { readonly width: number; readonly height: number } => {
  switch (data.toString('latin1', 12, 16)) {
    case 'VP8X': return { width: 1 + data.readUIntLE(24, 3), height: 1 + data.readUIntLE(27, 3) };
    case 'VP8L': return { width: 1 + (data.readUInt32LE(21) & 0x3fff), height: 1 + ((data.readUInt32LE(21) >>> 14) & 0x3fff) };
    default: return { width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff };
  }
};

/** The size stands in the frame header, behind any number of other segments. */
const jpegSize = (data: Buffer): { readonly width: number; readonly height: number } => {
  for (let at = 2; at + 9 < data.length && data[at] === 0xff; at += 2 + data.readUInt16BE(at + 2)) {
    const marker = data[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: data.readUInt16BE(at + 7), height: data.readUInt16BE(at + 5) };
  }
  return { width: 0, height: 0 };
};
