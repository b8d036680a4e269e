#!/usr/bin/env bash
# install-mysql.sh PREFIX
#
# Unpacks a MySQL server and its client programs from a Debian suite under PREFIX and installs
# nothing on the machine. apt resolves, fetches and verifies with a private state; the programs run
# on the loader and libraries that come with the packages, so the machine's libc does not matter.
#
#   PREFIX/bin/*     wrappers to run (PREFIX may be moved)      PREFIX/root   the unpacked packages
#   PREFIX/debs/*    the packages, kept: unpacking again needs no network
#   PREFIX/STAMP     versions; written last, so it says that all the rest is complete
#
# MYSQL_SUITE    the suite (sid: the only one that carries the server)
# MYSQL_MIRROR   a Debian mirror (else those in this machine's apt sources are tried)
# MYSQL_KEYRING  keys its index must be signed with
set -euo pipefail
export LC_ALL=C

readonly suite=${MYSQL_SUITE:-sid}
readonly keyring=${MYSQL_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
readonly packages=(mysql-server-core mysql-client-core)
readonly programs=(mysqld mysql mysqlbinlog my_print_defaults)
readonly advice='set CLONECTL_TEST_BASEDIR to an unpacked MySQL, or MYSQL_MIRROR to a Debian mirror'

say() { printf 'install-mysql: %s\n' "$*" >&2; }
die() { say "error: $*" && exit 1; }

# require WHY PROGRAM...: ends with one error when a program is missing.
require() {
  local why=$1 program
  shift
  for program in "$@"; do
    command -v "$program" >/dev/null || die "$why needs $program, which is not here; $advice"
  done
}

# ------------------------------------------------------------------------------------- fetch

# The Debian mirrors of this machine, asked from apt itself, which reads every format of its sources.
mirrors() {
  if [ -n "${MYSQL_MIRROR:-}" ]; then
    printf '%s\n' "$MYSQL_MIRROR"
  else
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
      sed 's,/*$,,' | grep '/debian$' | awk '!seen[$0]++' || true
  fi
}

# Never shows a password that a mirror's address may hold.
without_password() { sed -E 's,//[^/@ ]*@,//,g'; }

# write_apt_configuration: a complete apt state of its own under $apt.
#
# Everything resolves against a machine on which nothing is installed, so that every library comes
# along; only perl, wanted by two report scripts, counts as present. The machine's way to fetch
# (proxy, certificates) is kept, its hooks are not. sid's index is often past its Valid-Until date;
# the signature is what is trusted here.
write_apt_configuration() {
  local arch=$1 machine_fetch_settings
  machine_fetch_settings=$(apt-config dump | grep '^Acquire::' || true)
  mkdir -p "$apt"/{state/lists/partial,cache/archives/partial}
  printf '%s\n' 'Package: perl' 'Status: install ok installed' "Architecture: $arch" \
    'Multi-Arch: allowed' 'Version: 999' 'Maintainer: nobody' 'Description: stand-in' >"$apt/status"
  cat >"$apt/apt.conf" <<CONF
$machine_fetch_settings
Dir::State "$apt/state";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Default-Release "";
APT::Sandbox::User "";
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Get::AllowUnauthenticated "false";
APT::Update::Error-Mode "any";
Acquire::AllowInsecureRepositories "false";
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
CONF
}

# read_index: the first mirror that gives a verified index of the suite is used.
read_index() {
  local mirror tried=
  for mirror in $(mirrors); do
    printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite" >"$apt/sources.list"
    say "reading the index of $suite"
    if APT_CONFIG=$apt/apt.conf apt-get -qq update >"$apt/log" 2>&1; then return; fi
    without_password <"$apt/log" | sed 's/^/    /' >&2
    tried+=" $mirror"
  done
  [ -n "$tried" ] || die "no Debian mirror in this machine's apt sources; $advice"
  tried=$(without_password <<<"$tried")
  die "no mirror gave a verified index of the suite $suite (tried:$tried); no network? $advice"
}

fetch_packages() {
  local package
  for package in "${packages[@]}"; do
    [ -n "$(APT_CONFIG=$apt/apt.conf apt-cache show "$package" 2>/dev/null)" ] ||
      die "the suite $suite has no package $package; unset MYSQL_SUITE, or $advice"
  done
  say "fetching ${packages[*]} and their libraries"
  if ! APT_CONFIG=$apt/apt.conf apt-get -y --download-only install "${packages[@]}" \
    >"$apt/log" 2>&1; then
    tail -n 20 "$apt/log" | without_password | sed 's/^/    /' >&2
    die "apt could not resolve or fetch ${packages[*]} from $suite; try again later, or $advice"
  fi
}

fetch() {
  require 'fetching MySQL from Debian' apt-get apt-cache apt-config dpkg
  [ -r "$keyring" ] ||
    die "no Debian keyring at $keyring: install debian-archive-keyring, set MYSQL_KEYRING, or $advice"
  apt=$work/apt
  mkdir "$apt"
  write_apt_configuration "$(dpkg --print-architecture)"
  read_index
  fetch_packages
  rm -rf -- "$prefix/debs"
  mv -- "$apt/cache/archives" "$prefix/debs.new"
  rm -rf -- "$prefix/debs.new/partial" "$prefix/debs.new/lock"
  mv -- "$prefix/debs.new" "$prefix/debs"
}

# ------------------------------------------------------------------------------------ unpack

unpack() {
  local deb
  mkdir "$work/root"
  for deb in "$prefix"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/root" --no-same-owner \
      --keep-directory-symlink --exclude='./usr/share/'{doc,man,locale,lintian,bug} \
      --exclude=./usr/lib/systemd --exclude=./etc && continue
    rm -rf -- "$prefix/debs"
    die "$deb is damaged and was removed; run again to fetch it anew"
  done
}

# is_elf FILE: a program, and neither a script nor a link to one.
is_elf() { [ -f "$1" ] && [ ! -L "$1" ] && [ "$(head -c 4 "$1" | tr -d '\0')" = $'\x7fELF' ]; }

# wrap LOADER LIBRARIES PROGRAM: paths within root. The loader runs through a link that bears the
# program's name, so that ps and /proc/PID/comm say "mysqld"; exec keeps the process id.
wrap() {
  local loader=$1 libraries=$2 program=$3 name missing
  name=${program##*/}
  missing=$("$work/root/$loader" --inhibit-cache --library-path "$work/root/$libraries" \
    --list "$work/root/$program" 2>&1 | grep -iE 'not found|error' || true)
  [ -z "$missing" ] || die "$name lacks libraries in $suite: $missing"
  ln -s "../root/$loader" "$work/ld/$name"
  cat >"$work/bin/$name" <<WRAPPER
#!/bin/sh
# Made by install-mysql.sh: runs $name on the loader and the libraries unpacked with it.
p=\$(readlink -f -- "\$0") && p=\${p%/bin/*} || exit 127
exec "\$p/ld/$name" --inhibit-cache --library-path "\$p/root/$libraries" "\$p/root/$program" "\$@"
WRAPPER
  chmod 755 "$work/bin/$name"
}

wrap_programs() {
  local loader libraries program
  mkdir "$work/bin" "$work/ld"
  cd -- "$work/root"
  loader=$(find . -path '*-linux-gnu*/ld-linux*.so.*' -printf '%P\n' -quit)
  [ -n "$loader" ] || die "the packages of $suite hold no dynamic loader"
  libraries=${loader%/*}
  for program in usr/sbin/mysqld usr/bin/*; do
    if is_elf "$program"; then wrap "$loader" "$libraries" "$program"; fi
  done
}

# --------------------------------------------------------------------------------------- main

[ $# = 1 ] && [ -n "$1" ] || die 'usage: install-mysql.sh PREFIX'
require 'the test bed' flock dpkg-deb tar readlink
mkdir -p -- "$1" || die "cannot create $1"
prefix=$(cd -- "$1" && pwd -P)
# The loader splits its library path at colons and semicolons, apt.conf ends a value at a quote.
case $prefix in *[[:space:]:\;\"]*) die "PREFIX may hold no blank, colon, semicolon or quote: $prefix" ;; esac
exec 9>"$prefix/.lock"
flock -w 900 9 || die "another install-mysql has held $prefix/.lock for 15 minutes"
if [ -s "$prefix/STAMP" ]; then exit 0; fi

rm -rf -- "$prefix"/.work.* "$prefix/debs.new" # what a killed run left; nobody else is at work here
work=$(mktemp -d "$prefix/.work.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
[ -d "$prefix/debs" ] || fetch
say 'unpacking'
unpack
(wrap_programs)

rm -rf -- "$prefix"/{root,bin,ld}
mv -- "$work"/{root,bin,ld} "$prefix/"
for program in "${programs[@]}"; do
  [ -x "$prefix/bin/$program" ] || die "the packages of $suite hold no $program"
  "$prefix/bin/$program" --no-defaults --version >"$work/version" 2>&1 9>&- ||
    die "$program does not run: $(tail -n 1 "$work/version")"
done
for deb in "$prefix"/debs/*.deb; do
  dpkg-deb --show --showformat='${Package} ${Version} ${Architecture}\n' "$deb"
done >"$work/STAMP"
mv -- "$work/STAMP" "$prefix/STAMP"
say "done: $(grep '^mysql-server-core' "$prefix/STAMP") is in $prefix"
