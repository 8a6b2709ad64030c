"""The first process of a sandbox, which everything else there lives and dies with."""

import json
import os
import select
import signal
import time

import limits as run_limits
import processes


def serve(driver, control, limits):
    """
    The life of a sandbox's first process: it collects orphans, watches the limits, and tells how the driver ended. When
    it ends, the kernel ends everything in the sandbox with it.
    """
    try:
        wake_reader = processes.wake_pipe()
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        recorded = False
        watch_at = time.monotonic()
        while True:
            timeout = max(0, watch_at - time.monotonic())
            readable, _, _ = select.select([control, wake_reader], [], [], timeout)
            if wake_reader in readable:
                os.read(wake_reader, 4096)
            if control in readable:
                if not control.recv(16):
                    return  # The supervisor is gone.
                recorded = True
            while recorded:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    break
                if pid == driver:
                    # Where a limit was reached between two looks, that may be why it ended.
                    found = run_limits.exceeded(limits)
                    if found is not None:
                        tell(control, {"limit": found})
                    tell(control, {"status": status, "maxRssBytes": processes.max_rss_bytes(usage)})
                    return
            if time.monotonic() >= watch_at:
                watch_at = time.monotonic() + run_limits.WATCH_SECONDS
                found = run_limits.exceeded(limits)
                if found is not None:
                    tell(control, {"limit": found})
                    return
    except Exception as error:
        # Whoever cannot be watched is not left to run.
        tell(control, {"limit": ("watch", "The run could not be watched any more: %r" % error)})


def tell(control, message):
    try:
        control.send(json.dumps(message).encode())
    except OSError:
        pass  # The supervisor is gone: so is everything else in a moment.
