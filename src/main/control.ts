import { type ControlOptions, runControl } from './runControl.ts';

/* Entry of control's process. Argument: JSON `ControlOptions`. */
runControl(JSON.parse(process.argv[2] ?? '{}') as ControlOptions);
