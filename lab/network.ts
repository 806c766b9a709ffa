import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * The lab's clients live in a network of their own (Linux namespaces): nothing leaves it, names lead to the edge, its
 * ports are 80 and 443, and each session comes from an address of its own although hardly any client lets one choose: the
 * kernel takes a connection's source from the route, which is changed before the session begins.
 */
const mark = 'HOLDFAST_LAB_NETWORK';

/** Sessions that may run at a time; each has a network of addresses, so that its route is its own. */
export const slots = Number(process.env.HOLDFAST_LAB_SLOTS ?? 3);

/** Names and addresses of the edge as a slot sees it. */
export interface Place {
  readonly slot: number;
  /** Plain on port 80, HTTP/2 offered on 443. */
  readonly host: string;
  readonly address: string;
  /** Only HTTP/1.1 on 443. */
  readonly oldHost: string;
  readonly oldAddress: string;
}

export const places: readonly Place[] = ['shop', 'blog', 'news'].slice(0, slots).map((name, slot) => ({
  slot,
  host: `${name}.example`,
  address: `127.77.${slot}.1`,
  oldHost: `www.${name}.example`,
  oldAddress: `127.77.${slot}.2`,
}));

/** Starts this command again inside; returns its exit code, or undefined where this process is inside already. */
export function enterOwnNetwork(): number | undefined {
  if (process.env[mark] !== undefined) return undefined;
  const isRoot = process.getuid?.() === 0;
  const spaces = [
    ...(isRoot ? [] : ['--user', '--map-root-user']),
    '--net',
    '--mount',
    '--propagation',
    'private',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-lab-'));
  // Chromium as root raises its own priority over everything else on the machine.
  const modest = isRoot ? ['setpriv', '--bounding-set=-sys_nice', '--inh-caps=-sys_nice'] : [];
  const command = [...modest, 'unshare', ...spaces, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status, error } = spawnSync(command[0]!, command.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, [mark]: folder },
  });
  if (error !== undefined) process.stderr.write(`lab: ${error.message}\n`);
  execFileSync('rm', ['-rf', folder]);
  return status ?? 1;
}

export interface OwnNetwork {
  readonly folder: string;
  readonly certificate: { readonly certificatePath: string; readonly keyPath: string };
  readonly authorityPath: string;
}

/** Addresses, names and trust, for everything that runs in this mount namespace. */
export function furnishNetwork(): OwnNetwork {
  const folder = process.env[mark] ?? '';
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const hosts = places.flatMap(({ host, address, oldHost, oldAddress }) => [
    `${address} ${host}`,
    `${oldAddress} ${oldHost}`,
  ]);
  bind(join(folder, 'hosts'), ['127.0.0.1 localhost', ...hosts, ''].join('\n'), '/etc/hosts');
  const authority = makeAuthority(folder);
  const trusted = '/etc/ssl/certs/ca-certificates.crt';
  bind(
    join(folder, 'trusted.pem'),
    `${readFileSync(trusted, 'utf8')}\n${readFileSync(authority.authorityPath, 'utf8')}`,
    trusted,
  );
  trustInJava(folder, authority.authorityPath);
  return { folder, ...authority };
}

/** From now on, what connects to the slot's addresses comes from `address`. */
export function setSource(slot: number, address: string): void {
  execFileSync('ip', [
    'route',
    'replace',
    'local',
    `127.77.${slot}.0/24`,
    'dev',
    'lo',
    'src',
    address,
    'table',
    'local',
  ]);
}

function bind(path: string, text: string, over: string): void {
  writeFileSync(path, text);
  execFileSync('mount', ['--bind', path, over]);
}

function makeAuthority(folder: string): Omit<OwnNetwork, 'folder'> {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-subj', '/CN=Lab', '-days', '2', '-keyout', at('ca.key'), '-out', at('ca.pem'));
  const names = places.flatMap(({ host, oldHost }) => [`DNS:${host}`, `DNS:${oldHost}`]).join(',');
  writeFileSync(at('san'), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n`);
  openssl('req', ...newKey, '-subj', `/CN=${places[0]!.host}`, '-keyout', at('site.key'), '-out', at('site.csr'));
  const signer = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('san')];
  openssl('x509', '-req', '-in', at('site.csr'), ...signer, '-out', at('site.pem'));
  return {
    certificate: { certificatePath: at('site.pem'), keyPath: at('site.key') },
    authorityPath: at('ca.pem'),
  };
}

function trustInJava(folder: string, authorityPath: string): void {
  const store = '/etc/ssl/certs/java/cacerts';
  try {
    copyFileSync(store, join(folder, 'cacerts'));
    const keystore = ['-keystore', join(folder, 'cacerts'), '-storepass', 'changeit'];
    execFileSync('keytool', ['-importcert', '-noprompt', '-alias', 'lab', '-file', authorityPath, ...keystore], {
      stdio: 'pipe',
    });
    execFileSync('mount', ['--bind', join(folder, 'cacerts'), store]);
  } catch {
    process.stderr.write('lab: Java does not trust the lab; its sessions stay in the clear\n');
  }
}

/** Where this project stands. */
export const root = fileURLToPath(new URL('..', import.meta.url));
