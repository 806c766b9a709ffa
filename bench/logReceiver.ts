import { LogReceiver } from '../src/factory/log/logReceiver.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { silentLogger } from '../src/kernel/log.ts';

/*
 * The factory's log receiver as a process of its own: `logReceiver SOCKET`. Takes the frames as the factory does and keeps
 * none. Tells its parent the bytes received whenever it is asked.
 */
let receivedBytes = 0;
const receiver = new LogReceiver(
  (frame) => {
    receivedBytes += frame.length;
  },
  systemClock,
  silentLogger,
);
await receiver.listen(process.argv[2]!);
process.on('message', () => process.send?.({ receivedBytes }));
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
process.send?.({ receivedBytes });
