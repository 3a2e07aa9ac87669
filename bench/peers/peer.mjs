/**
 * Runs a peer: it is told its configuration, answers once with where it listens (and what else its
 * work needs), and ends with whoever started it.
 */
export function serve(start) {
  process.on('disconnect', () => process.exit());
  process.once('message', (config) => {
    start(config).then(
      (answer) => process.send({ answer }),
      (error) => process.send({ failure: error.stack }, () => process.exit(1)),
    );
  });
}

/** Calls `work` `count` times, `lanes` at a time. @returns its results, in no order */
export async function gather(count, lanes, work) {
  const results = [];
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      results.push(await work());
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
