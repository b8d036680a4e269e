#!/usr/bin/env bash
# install-chromium.sh PREFIX
#
# Unpacks a headless Chromium from the machine's own Debian suite under PREFIX and installs nothing on
# the machine. apt resolves, fetches and verifies with a private state. The C library is the machine's:
# Chromium starts copies of itself, which a loader of its own would not survive.
#
#   PREFIX/bin/chromium   runs it        PREFIX/root   the unpacked packages
#   PREFIX/STAMP          versions; written last, so it says that all the rest is complete
set -euo pipefail
export LC_ALL=C

readonly package=chromium-headless-shell

say() { printf 'install-chromium: %s\n' "$*" >&2; }
die() { say "error: $*" && exit 1; }

# installed PACKAGE...: entries of a status file. Of all that counts as present, the machine has the C
# library; the drivers of graphics cards are not needed.
installed() {
  local name
  for name in "$@"; do
    printf '%s\n' "Package: $name" 'Status: install ok installed' "Architecture: $arch" \
      'Multi-Arch: same' 'Version: 999' 'Maintainer: nobody' 'Description: stand-in' ''
  done
}

fetch() {
  local settings="$work/apt.conf"
  mkdir -p "$work"/apt/{state/lists/partial,cache/archives/partial}
  installed libc6 libgl1-mesa-dri libllvm15 libllvm19 >"$work/apt/status"
  cat >"$settings" <<CONF
Dir::State "$work/apt/state";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt/cache";
APT::Sandbox::User "";
APT::Install-Recommends "false";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
CONF
  say 'reading the index'
  APT_CONFIG=$settings apt-get -qq update >"$work/log" 2>&1 ||
    die 'the machine has no Debian mirror that answers'
  [ -n "$(APT_CONFIG=$settings apt-cache show "$package" 2>/dev/null)" ] ||
    die "the machine's Debian suite has no package $package"
  say "fetching $package and its libraries"
  APT_CONFIG=$settings apt-get -y --download-only install "$package" >"$work/log" 2>&1 ||
    die "apt could not fetch $package: $(tail -n 1 "$work/log")"
}

unpack() {
  local deb
  mkdir "$work/root" "$work/bin"
  for deb in "$work"/apt/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/root" --no-same-owner \
      --keep-directory-symlink --exclude='./usr/share/'{doc,man,locale,lintian,bug} ||
      die "$deb is damaged"
    dpkg-deb --show --showformat='${Package} ${Version}\n' "$deb" >>"$work/STAMP"
  done
  cat >"$work/bin/chromium" <<'WRAPPER'
#!/bin/sh
# Made by install-chromium.sh: runs Chromium with the libraries and fonts unpacked with it.
p=$(readlink -f -- "$0") && p=${p%/bin/*} || exit 127
r=$p/root
for d in "$r"/usr/lib/*-linux-gnu; do l=$d; done
LD_LIBRARY_PATH=$l:$l/pulseaudio:$r/lib/${l##*/} FONTCONFIG_FILE=$p/fonts.conf \
  exec "$r/usr/lib/chromium/chromium-headless-shell" "$@"
WRAPPER
  chmod 755 "$work/bin/chromium"
}

# The fonts of the packages and no others, so that a page looks the same everywhere.
write_fonts() {
  cat >"$prefix/fonts.conf" <<CONF
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>$prefix/root/usr/share/fonts</dir>
  <cachedir>$prefix/fonts.cache</cachedir>
  <alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
CONF
}

[ $# = 1 ] && [ -n "$1" ] || die 'usage: install-chromium.sh PREFIX'
for program in apt-get apt-cache dpkg dpkg-deb flock tar readlink; do
  command -v "$program" >/dev/null || die "fetching Chromium needs $program, which is not here"
done
mkdir -p -- "$1" || die "cannot create $1"
prefix=$(cd -- "$1" && pwd -P)
case $prefix in *[[:space:]:\;\"\&\<]*) die "PREFIX may hold no such characters: $prefix" ;; esac
exec 9>"$prefix/.lock"
flock -w 300 9 || die "another install-chromium has held $prefix/.lock for five minutes"
if [ -s "$prefix/STAMP" ]; then exit 0; fi

arch=$(dpkg --print-architecture)
rm -rf -- "$prefix"/.work.* # what a killed run left; nobody else is at work here
work=$(mktemp -d "$prefix/.work.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
fetch
say 'unpacking'
unpack
rm -rf -- "$prefix"/{root,bin}
mv -- "$work"/{root,bin} "$prefix/"
write_fonts
"$prefix/bin/chromium" --version >"$work/version" 2>&1 9>&- ||
  die "it does not run: $(tail -n 1 "$work/version")"
mv -- "$work/STAMP" "$prefix/STAMP"
say "done: $(cat "$work/version") is in $prefix"
