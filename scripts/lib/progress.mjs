const FRAMES = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
const FRAME_MS = 100;
/** Where no line can be rewritten, a long step says now and then that it still works. */
const REMINDER_MS = 10_000;

const since = (started) => `${((performance.now() - started) / 1000).toFixed(1)} s`;

/** @returns what src/progress.ts describes, for a terminal or for a file */
export function createProgress(stream) {
  const show = stream.isTTY ? showLive : showPlain;
  return {
    async step(title, work, detail = () => '') {
      const started = performance.now();
      const end = show(stream, title, started, detail);
      try {
        const result = await work();
        end(`  ${title}  ${since(started)}\n`);
        return result;
      } catch (error) {
        end(`  ${title}: failed after ${since(started)}\n`);
        throw error;
      }
    },
    finish: (lines) => void stream.write(`\n${lines.join('\n')}\n\n`),
  };
}

function showLive(stream, title, started, detail) {
  let frame = 0;
  const draw = () => {
    frame = (frame + 1) % FRAMES.length;
    stream.write(`\r\x1b[K${FRAMES[frame]} ${title}  ${since(started)}  ${detail()}`);
  };
  draw();
  const timer = setInterval(draw, FRAME_MS);
  return (line) => {
    clearInterval(timer);
    stream.write(`\r\x1b[K${line}`);
  };
}

function showPlain(stream, title, started, detail) {
  const remind = () => stream.write(`  ${title} ... ${since(started)}  ${detail()}\n`);
  const timer = setInterval(remind, REMINDER_MS);
  return (line) => {
    clearInterval(timer);
    stream.write(line);
  };
}
