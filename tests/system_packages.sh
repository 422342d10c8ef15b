#!/usr/bin/env bash
# Debian packages that the tests use beside the lock files: a browser, CJK glyphs for its screenshots, a second broker, a
# database server and a time series server (the tests start their own; those that Debian starts are not used).
# Installed where this user may; elsewhere the tests that need them are skipped by name (with CI=true they fail).
set -u
missing=()
for pair in chromium:chromium mosquitto:mosquitto victoria-metrics:victoria-metrics; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || [ -x "/usr/sbin/${pair%%:*}" ] || missing+=("${pair##*:}")
done
dpkg -s fonts-noto-cjk >/dev/null 2>&1 || missing+=(fonts-noto-cjk)
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "Not installed here (needs root and apt-get): ${missing[*]}"
fi
[ "${CI:-}" != "true" ] || { command -v chromium >/dev/null && command -v victoria-metrics >/dev/null &&
  [ -x /usr/sbin/mosquitto ] && dpkg -s fonts-noto-cjk >/dev/null &&
  compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null; }
