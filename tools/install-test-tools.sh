#!/usr/bin/env bash
# Installs what the tests drive but npm cannot give: browsers, peers, load. Debian and Ubuntu only.
# Runs where CI=true or with --yes; otherwise it only says what it would install. --bench adds what only `npm run bench` needs,
# --lab the clients of `npm run lab`.
set -euo pipefail

packages=(chromium xvfb xdotool wrk nginx-light haproxy apache2-bin clickhouse-server curl wget python3 xauth openssl systemd
  firefox-esr libnss3-tools nghttp2-client)
yes=no
for word in "$@"; do
  case "$word" in
    --yes) yes=yes ;;
    --bench) packages+=(caddy varnish) ;;
    --lab)
      packages+=(iproute2 openbox php-cli php-curl ruby libwww-perl golang-go default-jdk-headless libokhttp-java python3-requests
        python3-httpx python3-h2 python3-aiohttp python3-scrapy python3-selenium chromium-driver sqlmap ffuf gobuster wapiti dirb
        nmap lynx w3m links elinks aria2 axel httpie siege apache2-utils hey newsboat)
      ;;
    *)
      echo "usage: tools/install-test-tools.sh [--bench] [--lab] [--yes]" >&2
      exit 64
      ;;
  esac
done
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "test tools: all of ${packages[*]} are installed"
  exit 0
fi
if [ "${CI:-}" != true ] && [ "$yes" = no ]; then
  echo "test tools: would install ${missing[*]} with apt-get; type: sudo tools/install-test-tools.sh $* --yes"
  exit 3
fi
if [ "$(id -u)" != 0 ]; then
  echo "test tools: apt-get needs root; type: sudo tools/install-test-tools.sh $*" >&2
  exit 77
fi
echo "test tools: installing ${missing[*]}"
# The tests start what they need by themselves; a package must start no service (101: denied by policy).
policy=/usr/sbin/policy-rc.d
made_policy=no
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  made_policy=yes
fi
cleanup() { [ "$made_policy" = no ] || rm -f "$policy"; }
trap cleanup EXIT
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
echo "test tools: installed"
