/** Works on a few items at a time: enough to keep the thread pool busy, few enough for the memory. Results come in the order of the items. */
export const inBatches = async <In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> => {
  const results: Out[] = [];
  for (let start = 0; start < items.length; start += batchSize) results.push(...(await Promise.all(items.slice(start, start + batchSize).map(work))));
  return results;
};

const batchSize = 16;
