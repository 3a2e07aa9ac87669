// Starts a server, says where it is once it is up, and is killed after that.
import { spawn } from 'node:child_process';

const server = spawn(process.execPath, [process.argv[2]], {
  stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
});
server.stdout.resume();
server.stderr.resume();
server.once('message', (listening) => process.send({ ...listening, pid: server.pid }));
