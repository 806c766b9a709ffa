import { isLoopback } from '../address/index.ts';
import { payloadBytesMax } from '../contract/bundleKind.ts';
import type { AccessLogTarget } from '../contract/edgeOptions.ts';
import type { Site } from '../contract/kinds/sitesFile.ts';
import { printable } from '../kernel/printable.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { configLimits } from './configLimits.ts';
import { decodeListen, decodeListeners } from './decodeListeners.ts';
import { Decoder, type Place } from './decoder.ts';
import { decodeSites } from './decodeSites.ts';
import { decodeVerifiedBots } from './decodeVerifiedBots.ts';
import { ExpressionReader } from './expressionReader.ts';
import { fileKeys } from './fileKeys.ts';
import { type ConfigProblem, configDefaults, type HoldfastConfig } from './holdfastConfig.ts';
import { LineIndex } from './lineIndex.ts';
import { needsOf } from './needsOf.ts';
import { ShapeReader } from './shapeReader.ts';
import { parseYaml } from './yamlSource.ts';

/** Reads `holdfast.yaml`. Gives the complete configuration or every problem with its position. Never throws, whatever the text. */
export function readConfig(text: string): Result<HoldfastConfig, ConfigProblem[]> {
  if (text.length > configLimits.fileBytesMax) {
    return err([wholeFile(`the file is larger than ${configLimits.fileBytesMax} bytes`)]);
  }
  const source = parseYaml(text);
  if (!('root' in source)) {
    const lines = new LineIndex(text);
    return err(source.map(({ offset, message }) => ({ ...lines.at(offset), path: '', message: printable(message) })));
  }
  if (source.root === null) return err([wholeFile('the file is empty; it needs at least "sites"')]);
  const decoder = new Decoder(source);
  const config = decodeConfig(decoder, { path: '', node: source.root });
  const problems = decoder.problems();
  if (config !== undefined && problems.length === 0) return ok(config);
  return err(problems);
}

/** The same from a file's bytes, which may be no text at all. */
export function readConfigBytes(bytes: Uint8Array): Result<HoldfastConfig, ConfigProblem[]> {
  if (bytes.length > configLimits.fileBytesMax) {
    return err([wholeFile(`the file is larger than ${configLimits.fileBytesMax} bytes`)]);
  }
  try {
    return readConfig(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return err([wholeFile('the file is not UTF-8 text')]);
  }
}

function wholeFile(message: string): ConfigProblem {
  return { line: 1, column: 1, path: '', message };
}

function decodeConfig(decoder: Decoder, root: Place): HoldfastConfig | undefined {
  const file = decoder.mapping(root, needsOf(fileKeys), 'the configuration');
  if (file === undefined) return undefined;
  const expressions = new ExpressionReader();
  const reader = new ShapeReader(decoder, expressions, { listen: undefined }, new Map());
  const control = file.control && decoder.mapping(file.control, needsOf(fileKeys.control.keys), 'control');
  const factory = file.factory && reader.read(fileKeys.factory, file.factory, 'factory');
  const clickhouse = file.clickhouse && reader.read(fileKeys.clickhouse, file.clickhouse, 'clickhouse');
  const listeners = file.listen && decodeListeners(decoder, file.listen);
  const settings = {
    listen: file.listen === undefined ? configDefaults.listen : listeners?.listen,
    ...(listeners?.listenAs && { listenAs: listeners.listenAs }),
    ...(listeners?.listeners && { listeners: listeners.listeners }),
    controlListen: optional(control?.listen, configDefaults.controlListen, (place) => decodeListen(decoder, place)),
    ...(file.adminListen && { adminListen: decodeAdminListen(decoder, file.adminListen) }),
    ...(file.workerMemoryMiBMax && {
      workerMemoryMiBMax: reader.read(fileKeys.workerMemoryMiBMax, file.workerMemoryMiBMax, 'workerMemoryMiBMax'),
    }),
    ...(file.accessLog && { accessLog: accessLogOf(reader.read(fileKeys.accessLog, file.accessLog, 'accessLog')) }),
    ...(file.verifiedBots && { verifiedBots: decodeVerifiedBots(decoder, file.verifiedBots) }),
    workers: optional(file.workers, configDefaults.workers, (place) => reader.read(fileKeys.workers, place, 'workers')),
    trustedProxies: optional(file.trustedProxies, configDefaults.trustedProxies, (place) =>
      reader.read(fileKeys.trustedProxies, place, 'trustedProxies'),
    ),
    factoryEveryS: file.factory && !factory ? undefined : (factory?.everyS ?? configDefaults.factoryEveryS),
    clickhouseUrl: file.clickhouse && !clickhouse ? undefined : (clickhouse?.url ?? configDefaults.clickhouseUrl),
  };
  const { listen, controlListen } = settings;
  // Port 0 is any free port, so two of them are two ports.
  const isSame = listen?.port !== 0 && listen?.port === controlListen?.port && listen?.host === controlListen?.host;
  if (file.listen && control?.listen && isSame) {
    decoder.report(control.listen, 'control cannot listen where the edge does');
  }
  const sites = file.sites && decodeSites(decoder, file.sites, { listen: file.listen && settings.listen });
  if (sites === undefined || Object.values(settings).includes(undefined)) return undefined;
  checkSize(decoder, root, sites);
  return { ...(settings as Omit<HoldfastConfig, 'sites'>), sites: { schema: 1, sites } };
}

function optional<T, D>(
  place: Place | undefined,
  whenMissing: D,
  decode: (place: Place) => T | undefined,
): T | D | undefined {
  return place === undefined ? whenMissing : decode(place);
}

/** Anchors can make a small file mean a large one, which the edge would refuse as a bundle. */
function checkSize(decoder: Decoder, root: Place, sites: readonly Site[]): void {
  const bytes = Buffer.byteLength(JSON.stringify({ schema: 1, sites }));
  if (bytes > payloadBytesMax.sites) {
    decoder.report(root, `the sites come to ${bytes} bytes as a bundle; at most ${payloadBytesMax.sites} are taken`);
  }
}

function decodeAdminListen(decoder: Decoder, place: Place) {
  const listen = decodeListen(decoder, place);
  if (listen === undefined || isLoopback(listen.host)) return listen;
  return decoder.report(
    place,
    'the admin socket is for this machine alone: write a loopback address like 127.0.0.1:9090',
  );
}

function accessLogOf(said: string | undefined): AccessLogTarget | undefined {
  return said === undefined || said === 'stdout' ? said : { path: said };
}
