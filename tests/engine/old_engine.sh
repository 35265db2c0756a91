#!/bin/sh
# Starts the engine of old_engine.Dockerfile, which answers at /run/engine/docker.sock.
set -eu
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  # Version 2 of cgroups hands controllers on from none with processes of its own.
  mkdir -p /sys/fs/cgroup/own
  xargs -rn1 </sys/fs/cgroup/cgroup.procs >/sys/fs/cgroup/own/cgroup.procs || :
  sed -e 's/ / +/g' -e 's/^/+/' </sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
fi
exec dockerd --host unix:///run/engine/docker.sock
