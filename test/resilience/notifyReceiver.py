"""Receives what a service would tell systemd: `notifyReceiver.py PATH` prints each datagram as one JSON line."""

import json
import socket
import sys

receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print(json.dumps("bound"), flush=True)
while True:
    # Descriptors that come along (systemd-notify waits until they are closed) are not taken, so the kernel closes them.
    print(json.dumps(receiver.recv(4096).decode()), flush=True)
