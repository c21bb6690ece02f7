// Compiles exporter/src/files/scan.as (AssemblyScript) into scan.wasm beside it. A test holds the committed bytes against this.
import asc from 'assemblyscript/asc';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../exporter/src/files/scan.as', import.meta.url));
const target = fileURLToPath(new URL('../exporter/src/files/scan.wasm', import.meta.url));

/** The bytes of the compiled scanner; throws with the compiler's words when it does not compile. */
export const compileScanner = async (): Promise<Uint8Array> => {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main(['scan.ts', '-o', 'scan.wasm', '-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd'], {
    readFile: (name) => (name === 'scan.ts' ? readFileSync(source, 'utf8') : null), // asc knows only .ts; as .ts it would be taken for TypeScript
    writeFile: (name, content) => { if (name === 'scan.wasm' && typeof content !== 'string') bytes = content; },
    listFiles: () => [],
  });
  if (error || !bytes) throw new Error(`cannot compile scan.as: ${stderr.toString()}`, { cause: error });
  return bytes;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await compileScanner();
  writeFileSync(target, bytes);
  console.log(`${target}: ${bytes.length} bytes`);
}
