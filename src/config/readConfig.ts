import { isAbsolute } from 'node:path';
import { isLoopback, readNetwork } from '../address/index.ts';
import { payloadBytesMax } from '../contract/bundleKind.ts';
import { type AccessLogTarget, workerMemoryMiBRange } from '../contract/edgeOptions.ts';
import type { Site } from '../contract/kinds/sitesFile.ts';
import { printable } from '../kernel/printable.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { configLimits } from './configLimits.ts';
import { decodeListen, decodeListeners } from './decodeListeners.ts';
import { Decoder, type Place } from './decoder.ts';
import { decodeSites } from './decodeSites.ts';
import { decodeVerifiedBots } from './decodeVerifiedBots.ts';
import { type ConfigProblem, configDefaults, type HoldfastConfig } from './holdfastConfig.ts';
import { LineIndex } from './lineIndex.ts';
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
  const keys = {
    listen: 'optional',
    control: 'optional',
    adminListen: 'optional',
    workers: 'optional',
    workerMemoryMiBMax: 'optional',
    accessLog: 'optional',
    verifiedBots: 'optional',
    trustedProxies: 'optional',
    factory: 'optional',
    clickhouse: 'optional',
    sites: 'required',
  } as const;
  const file = decoder.mapping(root, keys, 'the configuration');
  if (file === undefined) return undefined;
  const control = file.control && decoder.mapping(file.control, { listen: 'optional' }, 'control');
  const factory = file.factory && decoder.mapping(file.factory, { everyS: 'optional' }, 'factory');
  const clickhouse = file.clickhouse && decoder.mapping(file.clickhouse, { url: 'optional' }, 'clickhouse');
  const listeners = file.listen && decodeListeners(decoder, file.listen);
  const settings = {
    listen: file.listen === undefined ? configDefaults.listen : listeners?.listen,
    ...(listeners?.listenAs && { listenAs: listeners.listenAs }),
    ...(listeners?.listeners && { listeners: listeners.listeners }),
    controlListen: optional(control?.listen, configDefaults.controlListen, (place) => decodeListen(decoder, place)),
    ...(file.adminListen && { adminListen: decodeAdminListen(decoder, file.adminListen) }),
    ...(file.workerMemoryMiBMax && { workerMemoryMiBMax: decodeWorkerMemory(decoder, file.workerMemoryMiBMax) }),
    ...(file.accessLog && { accessLog: decodeAccessLog(decoder, file.accessLog) }),
    ...(file.verifiedBots && { verifiedBots: decodeVerifiedBots(decoder, file.verifiedBots) }),
    workers: optional(file.workers, configDefaults.workers, (place) => decoder.wholeNumber(place, 'workers', 1, 256)),
    trustedProxies: optional(file.trustedProxies, configDefaults.trustedProxies, (place) =>
      decodeNetworks(decoder, place),
    ),
    factoryEveryS: optional(factory?.everyS, configDefaults.factoryEveryS, (place) =>
      decoder.wholeNumber(place, 'factory.everyS', 1, 86_400),
    ),
    clickhouseUrl: optional(clickhouse?.url, configDefaults.clickhouseUrl, (place) =>
      decodeClickhouseUrl(decoder, place),
    ),
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

function decodeWorkerMemory(decoder: Decoder, place: Place): number | undefined {
  return decoder.wholeNumber(place, 'workerMemoryMiBMax', workerMemoryMiBRange.min, workerMemoryMiBRange.max);
}

function decodeAccessLog(decoder: Decoder, place: Place): AccessLogTarget | undefined {
  const text = decoder.text(place, 'accessLog');
  if (text === undefined || text === 'stdout') return text;
  if (isAbsolute(text)) return { path: text };
  return decoder.report(place, 'this must be stdout or the absolute path of a file, like /var/log/holdfast/access.log');
}

function decodeNetworks(decoder: Decoder, place: Place): string[] | undefined {
  const items = decoder.list(place, 'trustedProxies', configLimits.trustedProxiesMax);
  const networks = items?.map((item) => {
    const text = decoder.text(item, 'a trusted proxy');
    if (text === undefined || readNetwork(text) !== undefined) return text;
    return decoder.report(item, 'this is no network; write it like 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32');
  });
  return networks?.every((network) => network !== undefined) ? networks : undefined;
}

function decodeClickhouseUrl(decoder: Decoder, place: Place): string | undefined {
  const text = decoder.text(place, 'clickhouse.url');
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return text;
  return decoder.report(place, 'this must be the HTTP interface of a ClickHouse server, like http://127.0.0.1:8123');
}
