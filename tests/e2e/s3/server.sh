#!/usr/bin/env bash
# A real S3 server for the tests: Ceph's gateway from Debian packages, unpacked (not installed) below one folder and
# run on loopback only. It keeps data in memory: every start is empty.
#
#   server.sh start DIR [PORT]   starts it on that port or a free one; the last line is its address
#   server.sh stop DIR           ends it; the unpacked packages stay
#
# With $LIGHTMAN_S3_OWNER, a process id, it ends with that process and removes DIR.
# The keys are LMACCESS and LMSECRET. Packages lie in $LIGHTMAN_S3_PACKAGES (default: a folder in the temporary one) and
# are fetched once. Exit code 3: they cannot be had here (no Debian, no network); stderr says why.
set -euo pipefail
self=$(realpath "$0")
cmd=${1:?start or stop} dir=${2:?a folder}

if [ "$cmd" = stop ]; then
  # Nothing is kept, so there is nothing to end in order.
  for name in rgw osd mon; do
    [ -s "$dir/$name.pid" ] && kill -9 "$(cat "$dir/$name.pid")" 2>/dev/null || true
    rm -f "$dir/$name.pid"
  done
  exit 0
fi

# A port on which nobody listens, nor on the next one.
free_port() {
  local at
  while at=$((20000 + RANDOM % 10000)); do
    (exec 4<>"/dev/tcp/127.0.0.1/$at") 2>/dev/null || (exec 4<>"/dev/tcp/127.0.0.1/$((at + 1))") 2>/dev/null || break
  done
  echo "$at"
}
port=${3:-$(free_port)} mon=$(free_port)

absent() { echo "$1" >&2; exit 3; }
packages=${LIGHTMAN_S3_PACKAGES:-${TMPDIR:-/tmp}/lightman-s3-$(id -u)}
root=$packages/root
mkdir -p "$packages" "$dir"

# One process unpacks, the others wait.
exec 9>"$packages/lock"
command -v flock >/dev/null && flock 9
if [ ! -e "$packages/whole" ]; then
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || absent "no Debian packages on this system"
  rm -rf "$packages/debs" "$root" && mkdir -p "$packages/debs/partial" "$root"
  wanted=(radosgw ceph-mon ceph-osd ceph-common ceph-base libfuse2)
  # NAME=VERSION of each package that this system lacks. Apt's own cache is left out: it would hide what lies there.
  names() {
    apt-get install -o Dir::Cache::archives="$packages/debs" --print-uris --reinstall -y --no-install-recommends "${wanted[@]}" 2>/dev/null |
      sed -n "s/^'[^']*' \([^_]*\)_\([^_]*\)_[^ ]* .*/\1=\2/p" | sed 's/%3a/:/g'
  }
  list=$(names || true)
  if [ -z "$list" ] && [ "$(id -u)" -eq 0 ]; then
    apt-get update -qq >/dev/null 2>&1 || true
    list=$(names || true)
  fi
  [ -n "$list" ] || absent "the Debian packages of Ceph's gateway are not on offer"
  # shellcheck disable=SC2086 # one word a package on purpose
  (cd "$packages/debs" && apt-get download $list >/dev/null 2>&1) || absent "the Debian packages could not be fetched"
  for deb in "$packages"/debs/*.deb; do dpkg -x "$deb" "$root"; done
  rm -rf "$packages/debs"
  touch "$packages/whole"
fi
exec 9>&-

lib=$root/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH=$root/lib/$(uname -m)-linux-gnu:$lib:$lib/ceph
export PYTHONPATH=$root/usr/lib/python3/dist-packages PATH=$root/usr/bin:$PATH CEPH_CONF=$dir/ceph.conf
rm -rf "$dir"/{run,mon,osd,rgw,log}
mkdir -p "$dir"/{run,mon,osd/0,rgw,log}
fsid=$(cat /proc/sys/kernel/random/uuid) osd=$(cat /proc/sys/kernel/random/uuid)
cat >"$dir/ceph.conf" <<C
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$mon,v1:127.0.0.1:$((mon + 1))]
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
keyring = $dir/keyring
run dir = $dir/run
admin socket = $dir/run/\$name.asok
log file = $dir/log/\$name.log
plugin dir = $lib/ceph
erasure code dir = $lib/ceph/erasure-code
compression dir = $lib/ceph/compressor
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail warn = 2
mon data avail crit = 1
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
[mon.a]
mon data = $dir/mon/a
[osd.0]
osd data = $dir/osd/0
osd objectstore = memstore
memstore device bytes = 4294967296
osd class dir = $lib/rados-classes
[client.rgw]
auth client required = none
ms mon client mode = crc
ms client mode = crc
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw data = $dir/rgw
rgw mime types file = $root/etc/mime.types
C
cd "$dir"
# Nothing here may hold the caller's pipes open.
exec 3>&1 >"$dir/log/start.out" 2>&1 </dev/null
trap '[ $? -eq 0 ] || { tail -n 5 "$dir"/log/*.out >&3; "$self" stop "$dir"; }' EXIT
run() { setsid nohup "${@:2}" >"$dir/log/$1.out" 2>&1 3>&- & echo $! >"$dir/$1.pid"; }
monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon,v1:127.0.0.1:$((mon + 1))]" monmap
ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *'
ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
ceph-authtool keyring --gen-key -n client.rgw --cap mon 'allow rw' --cap osd 'allow rwx'
ceph-mon --mkfs -i a --monmap monmap --keyring keyring
if [ -n "${LIGHTMAN_S3_OWNER:-}" ]; then
  # shellcheck disable=SC2016 # its own arguments
  run owner bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; "$2" stop "$3"; rm -rf "$3"' - \
    "$LIGHTMAN_S3_OWNER" "$self" "$dir"
fi
run mon ceph-mon -i a -f
timeout 60 ceph osd new "$osd"
ceph-osd -i 0 --mkfs --osd-uuid "$osd"
run osd ceph-osd -i 0 -f
run rgw radosgw -n client.rgw -f
for _ in $(seq 1 480); do
  (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  kill -0 "$(cat rgw.pid)"
  sleep 0.25
done
timeout 60 radosgw-admin user create --uid=lm --display-name=lm --access-key=LMACCESS --secret-key=LMSECRET
echo "http://127.0.0.1:$port" >&3
