// Readers of a page: node read-list.ts URL READERS SECONDS [LOGIN] — prints {latencies, failures}.
const [url, readers, seconds, login] = process.argv.slice(2) as [string, string, string, string?];

const latencies: number[] = [];
let failures = 0;
const headers = login === undefined ? {} : { authorization: `Bearer ${login}` };
const ends = performance.now() + Number(seconds) * 1000;
const warm = performance.now() + 2000;
await Promise.all(Array.from({ length: Number(readers) }, async () => {
  while (performance.now() < ends) {
    const started = performance.now();
    const response = await fetch(url, { headers });
    await response.arrayBuffer();
    if (!response.ok && (failures += 1) === 1) console.error(`the hub says ${response.status}`);
    if (response.ok && started > warm) latencies.push(performance.now() - started);
  }
}));
console.log(JSON.stringify({ latencies, failures }));
