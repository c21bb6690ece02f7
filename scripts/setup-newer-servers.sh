#!/usr/bin/env bash
# Unpacks newer servers beside the installed ones, into .cache/newer-servers: Prometheus 3, a late Alertmanager and Docker
# Compose of Debian unstable. Nothing is installed and no source of apt is changed. Needs apt and the archive; where they are
# missing it says so and ends well: the suites then run against the installed servers alone, and say that too.
set -uo pipefail
cd "$(dirname "$0")/.."
target="$PWD/.cache/newer-servers"
[ -x "$target/usr/bin/prometheus" ] && [ -x "$target/usr/bin/promtool" ] && [ -x "$target/usr/bin/prometheus-alertmanager" ] && exit 0
without() { echo "No newer servers for the tests: $1. They run against the installed ones alone."; exit 0; }
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || without 'this is no Debian'
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || without "$keyring is missing"
# The archive this machine uses already.
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -E '/debian/?$' | head -1)
[ -n "$archive" ] || without 'apt knows no Debian archive'

work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,packages} && touch "$work/status"
echo "deb [signed-by=$keyring] $archive unstable main" > "$work/sources.list"
cat > "$work/apt.conf" <<END
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$work/lists";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
APT::Sandbox::User "$(id -un)";
END
export APT_CONFIG="$work/apt.conf"
timeout 120 apt-get update -qq 2>/dev/null || without "$archive does not answer"
(cd "$work/packages" && timeout 300 apt-get download -qq prometheus promtool prometheus-alertmanager docker-compose >/dev/null 2>&1) || without 'their packages could not be downloaded'
mkdir -p "$work/root"
for package in "$work"/packages/*.deb; do dpkg-deb -x "$package" "$work/root" || without "$package could not be unpacked"; done
"$work/root/usr/bin/prometheus" --version >/dev/null 2>&1 || without 'they do not run on this system'
rm -rf "$target" && mkdir -p "$target" && mv "$work/root/usr" "$target/usr" && rm -rf "$target/usr/share"
"$target/usr/bin/prometheus" --version 2>&1 | head -1
